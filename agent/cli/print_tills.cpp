#include "agent/cli/print.h"

namespace tillkeeper::cli {
namespace {

std::string broker_text(JsonView answer) {
    return answer.is_true("broker_running") ? "" : "No broker runs here; it will know at its next start.\n";
}

}  // namespace

std::string secret_text(JsonView made) {
    std::string text = "The till " + made.text("till") + " signs in with its new secret.\n";
    if (!made.text("password").empty()) text += "Password (shown this once): " + made.text("password") + '\n';
    if (!made.text("password_file").empty()) text += "Password: " + made.text("password_file") + '\n';
    if (!made.text("key").empty())
        text += "Key: " + made.text("key") + "\nCertificate: " + made.text("certificate") + "\nCA: " + made.text("ca") +
                '\n';
    return text + broker_text(made);
}

std::string revoked_text(JsonView done) {
    return "The till " + done.text("till") + " is cut off.\n" + broker_text(done);
}

std::string bus_text(JsonView made) {
    return made.is_true("changed") ? "Made or renewed. Tills trust: " + made.text("ca") + '\n'
                                   : "Nothing was due. Tills trust: " + made.text("ca") + '\n';
}

}  // namespace tillkeeper::cli
