#include "agent/lookups/live_sources.h"

#include <utility>

#include "platform/log.h"

namespace tillkeeper::agent {

bool LiveSources::worth_asking(const std::string& collection) const {
    const auto known = sources_.find(collection);
    return known != sources_.end() && known->second.source->worth_asking();
}

void LiveSources::ask(const std::string& collection, const std::string& field, const std::string& value,
                      MonotonicTime deadline, Done done) {
    parts_.sync_loop.post([this, collection, field, value, deadline, done = std::move(done)]() mutable {
        ask_here(collection, field, value, deadline, [this, done = std::move(done)](LiveReply reply) mutable {
            parts_.till_loop.post(
                [reply = std::move(reply), done = std::move(done)]() mutable { done(std::move(reply)); });
        });
    });
}

void LiveSources::ask_here(const std::string& collection, const std::string& field, const std::string& value,
                           MonotonicTime deadline, Done done) {
    const auto known = sources_.find(collection);
    if (known == sources_.end()) return done({});
    const auto& config = *known->second.config;
    // As it is now, before the cloud looks: what is delivered meanwhile may be in the answer or not.
    const auto delivered = config.knows_deliveries_of.empty() ? 0 : parts_.delivered(config.knows_deliveries_of);
    known->second.source->ask(field, value, deadline,
                              [this, &config, delivered, key = field.empty() ? value : std::string(),
                               done = std::move(done)](sync::LiveAnswer answer) mutable {
                                  if (answer.outcome != sync::LiveAnswer::Outcome::kNoAnswer) {
                                      keep(config, key, answer);
                                      parts_.heard();
                                  }
                                  done({std::move(answer), delivered});
                              });
}

void LiveSources::keep(const sync::SourceConfig& config, const std::string& asked_key, const sync::LiveAnswer& answer) {
    storage::MirrorRow row;
    if (answer.outcome == sync::LiveAnswer::Outcome::kFound)
        row = {answer.key, sync::search_keys(answer.body, config.search), answer.body};
    else
        row.key = asked_key;
    if (row.key.empty()) return;  // nobody is there whom a telephone number belongs to: no record to forget
    if (auto put = parts_.mirrors.put(config.collection, row, parts_.clock.wall()); !put)
        log(LogLevel::kDebug, "live answer not kept", {{"reason", put.error().message}});
}

}  // namespace tillkeeper::agent
