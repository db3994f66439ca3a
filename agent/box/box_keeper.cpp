#include "agent/box/box_keeper.h"

#include <utility>

#include "agent/box/box_light.h"
#include "platform/log.h"

namespace tillkeeper::box {
namespace {

constexpr Duration kAskEvery = std::chrono::seconds(2);
constexpr Duration kPatience = std::chrono::seconds(5);

bool answered(const HttpResponse& got) {
    return got.failure == TransportFailure::kNone && got.status == 200;
}

}  // namespace

void BoxKeeper::start() {
    if (parts_.light != nullptr) ask();
}

void BoxKeeper::ask() {
    question_ = parts_.http.send(request("GET", "/status"), [this](const HttpResponse& got) {
        show(light_for(answered(got) ? got.body : ""));
        asking_ = parts_.loop.after(kAskEvery, [this] { ask(); });
    });
}

void BoxKeeper::show(Blink blink) {
    if (shown_ == blink) return;
    const auto done = parts_.light->show(blink);
    const std::string fault = done ? "" : done.error().message;
    if (done) shown_ = blink;
    if (fault != fault_ && !fault.empty()) log(LogLevel::kWarning, "lamp", {{"reason", fault}});
    fault_ = fault;
}

void BoxKeeper::line(bool failing) {
    alarm_.line(failing, parts_.clock.monotonic());
    act();
}

void BoxKeeper::act() {
    const auto now = parts_.clock.monotonic();
    if (const auto word = alarm_.due(now)) tell(*word);
    acting_.reset();
    if (const auto next = alarm_.next()) acting_ = parts_.loop.after(*next - now, [this] { act(); });
}

void BoxKeeper::tell(PowerAlarm::Word word) {
    const bool failing = word == PowerAlarm::Word::kFailing;
    auto told = request("POST", "/power");
    told.headers.emplace_back("Content-Type", "application/json");
    told.body = failing ? R"({"failing":true})" : R"({"failing":false})";
    log(LogLevel::kWarning, "power", {{"line", failing ? "failing" : "well"}});
    const auto began = parts_.clock.monotonic();
    telling_ = parts_.http.send(std::move(told), [this, failing, began](const HttpResponse& got) {
        const auto now = parts_.clock.monotonic();
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - began).count();
        if (answered(got))
            return log(LogLevel::kNotice, "power", {{"daemon", failing ? "safe" : "open"}, {"ms", took}});
        log(LogLevel::kError, "power", {{"daemon", "does not answer, or cannot write"}, {"ms", took}});
        if (!failing) return;  // it opens by itself
        alarm_.unheard(now);
        act();
    });
}

void BoxKeeper::stop() {
    question_.reset();
    asking_.reset();
    if (parts_.light != nullptr) show(Blink::kOff);
}

HttpRequest BoxKeeper::request(const char* method, const char* path) const {
    HttpRequest made;
    made.method = method;
    made.url = std::string("http://localhost") + path;
    made.unix_socket = parts_.socket;
    made.total_timeout = kPatience;
    return made;
}

}  // namespace tillkeeper::box
