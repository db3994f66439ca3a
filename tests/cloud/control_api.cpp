#include "tests/cloud/control_api.h"

namespace tillkeeper::cloud {

Fate ControlApi::serve(const Request& request) {
    return {.answer = answer(request)};
}

Answer ControlApi::answer(const Request& request) {
    const std::string call = request.method + " " + request.path;
    if (DataControl::knows(request.path)) return data_.serve(request);
    if (call == "GET /healthz") return {.content_type = "text/plain", .body = "ok\n"};
    if (call == "POST /faults") return set_fault(request);
    if (call == "POST /doors") return set_door(request);
    if (call == "GET /faults") return json_answer(200, "{\"active\":" + std::to_string(faults_.size()) + "}\n");
    if (call == "GET /tokens") return json_answer(200, "{\"granted\":" + std::to_string(tokens_.granted()) + "}\n");
    if (call == "DELETE /tokens") {
        tokens_.revoke_all();
        return json_answer(200, "{}\n");
    }
    if (call == "GET /ledger") return json_answer(200, ledger_.summary());
    if (call == "DELETE /ledger") {
        if (auto cleared = ledger_.clear(); !cleared) return error_answer(500, "ledger", cleared.error().message);
        return json_answer(200, "{}\n");
    }
    if (call == "GET /ledger/items" || call == "GET /ledger/item") return show(request);
    return error_answer(404, "not_found");
}

Answer ControlApi::set_fault(const Request& request) {
    auto fault = Fault::parse(request.body);
    if (!fault) return error_answer(400, "bad_fault", fault.error().message);
    faults_.set(std::move(*fault));
    if (auto done = network_.faults(); !done) return error_answer(500, "network", done.error().message);
    return json_answer(200, "{\"active\":" + std::to_string(faults_.size()) + "}\n");
}

Answer ControlApi::set_door(const Request& request) {
    const Tree asked = parse_tree(request.body);
    const auto door = integer_of(asked.get(), "door");
    const cJSON* open = member_of(asked.get(), "open");
    if (!door || cJSON_IsBool(open) == 0) return error_answer(400, "bad_call", "door and open are required");
    if (auto done = network_.door(static_cast<std::size_t>(*door), cJSON_IsTrue(open) != 0); !done)
        return error_answer(done.error().code == ErrorCode::kNotFound ? 404 : 500, "network", done.error().message);
    return json_answer(200, "{}\n");
}

Answer ControlApi::show(const Request& request) {
    const auto destination = destination_named(form_value(request.query, "destination"));
    if (!destination || !keeps_book(*destination)) return error_answer(400, "unknown_destination");
    if (request.path == "/ledger/items")
        return {.content_type = "application/x-ndjson", .body = ledger_.items(*destination)};
    const auto item = ledger_.item(*destination, form_value(request.query, "id"));
    return item ? json_answer(200, *item) : error_answer(404, "not_found");
}

}  // namespace tillkeeper::cloud
