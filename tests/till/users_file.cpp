#include "tests/till/users_file.h"

#include <fstream>

namespace tillkeeper::till {

Result<std::vector<BrokerUser>> read_users(const std::string& path) {
    std::ifstream file(path);
    if (!file) return fail(ErrorCode::kNotFound, path + " cannot be read");
    std::vector<BrokerUser> users;
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(':');
        if (colon != std::string::npos) users.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
    return users;
}

}  // namespace tillkeeper::till
