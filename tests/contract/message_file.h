// MessageFile: what was said on a bus, one JSON object per line, for validate_messages.js to look at.
//
//   {"topic":"tillkeeper/v1/status","retain":true,"qos":1,"payload":"<base64>","correlation":"<base64>","run":"7"}
//
// Appended, each line by one write, so that several processes may share a file and a killed one leaves whole lines.
// Thread: any one.
#pragma once

#include <string>
#include <string_view>

#include "platform/mqtt.h"

namespace tillkeeper::contract {

class MessageFile {
  public:
    [[nodiscard]] static Result<MessageFile> open(const std::string& path);
    MessageFile(MessageFile&& other) noexcept;
    MessageFile& operator=(MessageFile&&) = delete;
    ~MessageFile();

    // `run`: tells apart what must not be matched with each other, such as two stores. `qos` -1: nobody saw it.
    [[nodiscard]] Result<void> add(const MqttMessage& message, std::string_view run, int qos = -1);

  private:
    explicit MessageFile(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace tillkeeper::contract
