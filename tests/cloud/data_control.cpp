#include "tests/cloud/data_control.h"

#include <algorithm>
#include <chrono>

namespace tillkeeper::cloud {
namespace {

constexpr std::int64_t kGeneratedMax = 100'000'000;

std::int64_t now_in_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Answer wrong(const Error& error) {
    return error_answer(error.code == ErrorCode::kNotFound ? 404 : 400, "bad_call", error.message);
}

}  // namespace

bool DataControl::knows(std::string_view path) {
    return path == "/collections" || path.starts_with("/loyalty/");
}

Answer DataControl::serve(const Request& request) {
    const std::string call = request.method + " " + request.path;
    if (call == "GET /collections") return show(request);
    if (call == "GET /loyalty/totals") return json_answer(200, data_.loyalty.totals());
    if (call == "GET /loyalty/bookings")
        return {.content_type = "application/x-ndjson", .body = data_.loyalty.bookings()};
    if (call == "GET /loyalty/leases") return {.content_type = "application/x-ndjson", .body = data_.loyalty.leases()};
    if (call == "GET /loyalty/account") {
        const auto account = data_.loyalty.account(form_value(request.query, "member"));
        return account ? json_answer(200, *account) : error_answer(404, "not_found");
    }
    if (call == "POST /loyalty/release")
        return json_answer(200, R"({"released":)" + std::to_string(data_.loyalty.release_unconfirmed()) + "}");
    const Tree asked = parse_tree(request.body);
    if (!asked) return error_answer(400, "bad_call", "not JSON");
    if (call == "POST /collections") return change(asked.get());
    if (call == "POST /loyalty/leases") return grant(asked.get());
    if (call == "POST /loyalty/pools") return make_pool(asked.get());
    return error_answer(404, "not_found");
}

Answer DataControl::show(const Request& request) {
    const Table* table = data_.table(form_value(request.query, "collection"));
    if (table == nullptr) return error_answer(404, "no_such_collection");
    const std::string key = form_value(request.query, "key");
    if (key.empty())
        return json_answer(200, "{\"count\":" + std::to_string(table->count()) +
                                    ",\"sum\":" + std::to_string(table->sum()) +
                                    ",\"version\":" + std::to_string(table->version()) + "}\n");
    const auto row = table->row(key);
    return row ? json_answer(200, *row + "\n") : error_answer(404, "not_found");
}

Result<void> DataControl::set(Table& table, const cJSON* records) {
    const cJSON* record = nullptr;
    cJSON_ArrayForEach(record, records) {
        const auto done = &table == &data_.members ? data_.loyalty.set_member(record) : table.set(record);
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

Answer DataControl::change(const cJSON* asked) {
    const std::string store = text_of(asked, "leases_of");
    Table* table = store.empty() ? data_.table(text_of(asked, "collection")) : &data_.loyalty.leases_of(store);
    if (table == nullptr) return error_answer(404, "no_such_collection");
    const bool members = table == &data_.members;
    if (const auto count = integer_of(asked, "generate")) {
        const auto rows = static_cast<std::uint64_t>(std::clamp<std::int64_t>(*count, 0, kGeneratedMax));
        const auto seed = static_cast<std::uint64_t>(integer_of(asked, "seed").value_or(1));
        members ? data_.loyalty.generate(rows, seed) : table->generate(rows, seed);
    }
    if (auto done = set(*table, member_of(asked, "set")); !done) return wrong(done.error());
    const cJSON* key = nullptr;
    cJSON_ArrayForEach(key, member_of(asked, "remove")) {
        if (cJSON_IsString(key) == 0) return error_answer(400, "bad_call", "remove names keys");
        static_cast<void>(members ? data_.loyalty.remove_member(key->valuestring) : table->remove(key->valuestring));
    }
    if (cJSON_IsTrue(member_of(asked, "forget_cursors")) != 0) table->forget_cursors();
    if (const auto lag = integer_of(asked, "cursor_lag"))
        table->set_cursor_lag(static_cast<std::uint64_t>(std::max<std::int64_t>(*lag, 0)));
    return json_answer(200, "{\"count\":" + std::to_string(table->count()) + "}\n");
}

Answer DataControl::grant(const cJSON* asked) {
    const LeaseGrant wanted{.store = text_of(asked, "store"),
                            .member = text_of(asked, "member_id"),
                            .pool = text_of(asked, "pool"),
                            .amount = integer_of(asked, "amount").value_or(0),
                            .seconds = integer_of(asked, "seconds").value_or(86400)};
    if (wanted.store.empty()) return error_answer(400, "bad_call", "store is missing");
    const auto id = data_.loyalty.grant(wanted, now_in_seconds());
    return id ? json_answer(200, "{\"jti\":\"" + *id + "\"}\n") : wrong(id.error());
}

Answer DataControl::make_pool(const cJSON* asked) {
    std::vector<std::string> members;
    const cJSON* member = nullptr;
    cJSON_ArrayForEach(member, member_of(asked, "members")) {
        if (cJSON_IsString(member) != 0) members.emplace_back(member->valuestring);
    }
    const std::string pool = text_of(asked, "pool");
    if (pool.empty() || members.empty()) return error_answer(400, "bad_call", "pool and members are required");
    if (auto made = data_.loyalty.make_pool(pool, members); !made) return wrong(made.error());
    return json_answer(200, "{}\n");
}

}  // namespace tillkeeper::cloud
