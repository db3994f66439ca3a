// HTTP/1.1 with keep-alive; bodies with Content-Length only (411 otherwise). Malformed heads are answered 400, and the
// connection is closed.
#pragma once

#include "tests/cloud/protocol.h"

namespace tillkeeper::cloud {

class Http1 : public Protocol {
  public:
    explicit Http1(Exchanges& exchanges) : exchanges_(exchanges) {}

    bool receive(std::string_view bytes) override;
    void answer(std::int32_t stream, Answer answer, bool half) override;
    void collect(std::string& out) override;
    bool finished() const override { return closing_ && !busy_ && out_.empty(); }

  private:
    // What the head says about the message itself.
    struct Framing {
        std::size_t length = 0;
        bool chunked = false;
        bool close = false;
        bool expects_continue = false;
        bool malformed = false;
    };

    bool advance();
    bool read_head();
    bool read_body();
    void read_line(std::string_view line);
    void begin_body();
    void refuse(int status, std::string_view error);
    void write_head(const Answer& answer);

    Exchanges& exchanges_;
    std::string in_;
    std::string out_;
    Request request_;
    Framing framing_;
    std::size_t body_left_ = 0;
    bool in_body_ = false;
    bool doomed_ = false;     // reset when the body begins
    bool busy_ = false;       // a request waits for its answer; what follows it waits as well
    bool advancing_ = false;  // answer() was called from within advance()
    bool closing_ = false;
};

}  // namespace tillkeeper::cloud
