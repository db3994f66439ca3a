// The flood guard inside the broker: a Mosquitto plugin. It asks the guard about all that tills say, and leaves every
// other decision to the broker's passwords and access list. Runs on the broker's one thread.
#include <mosquitto.h>
// The headers of the broker's side want the one above first.
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <chrono>
#include <exception>
#include <set>
#include <string>
#include <string_view>

#include "agent/bus/topics.h"
#include "agent/bus_guard/flood_guard.h"
#include "agent/bus_guard/locked_out.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::bus_guard {
namespace {

constexpr int kInterface = 5;
constexpr std::size_t kOutcomeWithin = 256;  // of an answer; its id has at most 64 characters
constexpr std::string_view kAgentUser = "tillkeeper";

// The agent's own words, as agent/contract/answer.cpp writes them. Answering garbage must not pay for more of it.
bool refuses_for_good(const mosquitto_evt_acl_check& asked) {
    const std::string_view words(static_cast<const char*>(asked.payload), asked.payloadlen);
    return words.substr(0, kOutcomeWithin).contains(R"("outcome":"refused")") &&
           words.contains(R"("retry_after_ms":null)");
}

double cost_of(const mosquitto_evt_acl_check& asked) {
    if (asked.access == MOSQ_ACL_SUBSCRIBE) return kSubscriptionCost;
    return agent::parse_till_topic(asked.topic).rest == "presence" ? kPresenceCost : kMessageCost;
}

class Plugin {
  public:
    explicit Plugin(std::string file) : file_(std::move(file)) { show(); }

    int may(const mosquitto_evt_acl_check& asked) {
        const char* user = mosquitto_client_username(asked.client);
        if (user == nullptr || asked.access == MOSQ_ACL_READ) return MOSQ_ERR_PLUGIN_DEFER;
        if (user == kAgentUser) {
            if (asked.access == MOSQ_ACL_WRITE && !refuses_for_good(asked))
                guard_.answered(agent::parse_till_topic(asked.topic).till);
            return MOSQ_ERR_PLUGIN_DEFER;
        }
        const auto verdict = guard_.said(user, cost_of(asked), asked.payloadlen, clock_.monotonic());
        if (verdict == Verdict::kTake) return MOSQ_ERR_PLUGIN_DEFER;
        if (verdict != Verdict::kDrop) to_end_.insert(user);  // not now: the broker still works with the connection
        if (verdict == Verdict::kCutOff) tell(user);
        return MOSQ_ERR_ACL_DENIED;
    }

    int may_sign_in(const char* user) {
        const bool locked = user != nullptr && guard_.locked_for(user, clock_.monotonic()) > Duration{};
        return locked ? MOSQ_ERR_AUTH : MOSQ_ERR_PLUGIN_DEFER;
    }

    void tick() {
        for (const auto& user : to_end_) mosquitto_kick_client_by_username(user.c_str(), true);
        to_end_.clear();
        if (shown_ > 0 && clock_.monotonic() >= look_again_at_) show();
    }

  private:
    void tell(const std::string& user) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(guard_.locked_for(user, clock_.monotonic()));
        mosquitto_log_printf(MOSQ_LOG_WARNING, "Till %s floods the bus: it is cut off, and locked out for %d s.",
                             user.c_str(), static_cast<int>(seconds.count()));
        show();
    }

    void show() {
        const auto locked = guard_.locked(clock_.monotonic());
        shown_ = locked.size();
        look_again_at_ = clock_.monotonic() + std::chrono::seconds(1);
        if (const auto written = write_locked_out(file_, locked, clock_.wall()); !written)
            mosquitto_log_printf(MOSQ_LOG_ERR, "Flood guard: %s", written.error().message.c_str());
    }

    const SystemClock clock_;
    FloodGuard guard_;
    const std::string file_;
    std::set<std::string> to_end_;
    std::size_t shown_ = 0;
    MonotonicTime look_again_at_{};
};

// Nothing of ours is worth the broker's end.
template <typename Call>
int safely(Call call) {
    try {
        return call();
    } catch (const std::exception&) {
        return MOSQ_ERR_PLUGIN_DEFER;
    }
}

int on_access(int, void* data, void* self) {
    return safely([&] { return static_cast<Plugin*>(self)->may(*static_cast<mosquitto_evt_acl_check*>(data)); });
}

int on_sign_in(int, void* data, void* self) {
    return safely([&] {
        return static_cast<Plugin*>(self)->may_sign_in(static_cast<mosquitto_evt_basic_auth*>(data)->username);
    });
}

int on_tick(int, void*, void* self) {
    safely([&] {
        static_cast<Plugin*>(self)->tick();
        return 0;
    });
    return MOSQ_ERR_SUCCESS;
}

}  // namespace
}  // namespace tillkeeper::bus_guard

using tillkeeper::bus_guard::Plugin;

extern "C" {

int mosquitto_plugin_version(int count, const int* versions) {
    for (int i = 0; i < count; ++i)
        if (versions[i] == tillkeeper::bus_guard::kInterface) return versions[i];
    return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t* id, void** self, mosquitto_opt* options, int count) {
    using namespace tillkeeper::bus_guard;
    std::string file;
    for (int i = 0; i < count; ++i)
        if (std::string_view(options[i].key) == "locked_file") file = options[i].value;
    *self = new Plugin(std::move(file));
    int code = mosquitto_callback_register(id, MOSQ_EVT_ACL_CHECK, on_access, nullptr, *self);
    if (code == 0) code = mosquitto_callback_register(id, MOSQ_EVT_BASIC_AUTH, on_sign_in, nullptr, *self);
    if (code == 0) code = mosquitto_callback_register(id, MOSQ_EVT_TICK, on_tick, nullptr, *self);
    return code;
}

// The broker takes the callbacks away by itself before it unloads.
int mosquitto_plugin_cleanup(void* self, mosquitto_opt*, int) {
    delete static_cast<Plugin*>(self);
    return MOSQ_ERR_SUCCESS;
}

}  // extern "C"
