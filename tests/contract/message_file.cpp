#include "tests/contract/message_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "agent/contract/problem.h"
#include "platform/crypto.h"

namespace tillkeeper::contract {

Result<MessageFile> MessageFile::open(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0) return fail(ErrorCode::kIo, "cannot write " + path);
    return MessageFile(descriptor);
}

MessageFile::MessageFile(MessageFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

MessageFile::~MessageFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> MessageFile::add(const MqttMessage& message, std::string_view run, int qos) {
    std::string text = R"({"topic":)" + agent::quoted(message.topic);
    text += message.retain ? R"(,"retain":true)" : R"(,"retain":false)";
    if (qos >= 0) text += R"(,"qos":)" + std::to_string(qos);
    text += R"(,"payload":")" + base64(message.payload);
    text += R"(","correlation":")" + base64(message.correlation_data);
    text += R"(","run":)" + agent::quoted(run) + '}';
    text += '\n';
    if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail(ErrorCode::kIo, "cannot write a message");
    return {};
}

}  // namespace tillkeeper::contract
