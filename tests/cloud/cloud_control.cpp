#include "tests/cloud/cloud_control.h"

#include <curl/curl.h>

#include <memory>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr long kTimeoutMs = 30000;

struct FreeCurl {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

std::size_t append(char* data, std::size_t, std::size_t size, void* out) {
    static_cast<std::string*>(out)->append(data, size);
    return size;
}

std::string escaped(std::string_view text) {
    const std::unique_ptr<char, void (*)(void*)> made(
        curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
    return made ? made.get() : "";
}

Result<void> done(const Result<std::string>& answer) {
    if (!answer) return std::unexpected(answer.error());
    return {};
}

void read_days(JsonReader& json, BookSummary& book) {
    if (!json.open('{')) return json.skip();
    for (std::string_view day; json.next_member(day);)
        book.amount_by_day[std::string(day)] = json.integer().value_or(0);
}

BookSummary read_book(JsonReader& json) {
    BookSummary book;
    const std::map<std::string_view, std::int64_t*> numbers{
        {"count", &book.count},         {"repeated", &book.repeated},   {"rejected", &book.rejected},
        {"requests", &book.requests},   {"lines", &book.lines},         {"order_violations", &book.order_violations},
        {"untrusted", &book.untrusted}, {"corrected", &book.corrected}, {"returns", &book.returns},
        {"members", &book.members},     {"points", &book.points}};
    if (!json.open('{')) json.skip();
    for (std::string_view name; json.next_member(name);) {
        if (name == "amount_by_day") {
            read_days(json, book);
        } else if (name == "corrected_first") {
            book.corrected_first = json.string();
        } else if (name == "corrected_last") {
            book.corrected_last = json.string();
        } else if (const auto number = numbers.find(name); number != numbers.end()) {
            *number->second = json.integer().value_or(0);
        } else {
            json.skip();
        }
    }
    return book;
}

}  // namespace

CloudControl::CloudControl(int control_port, const std::string& host)
    : base_("http://" + host + ":" + std::to_string(control_port)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

Result<std::string> CloudControl::call(const char* method, const std::string& path, std::string_view body) {
    const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
    std::string answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, (base_ + path).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    if (!body.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) return fail(ErrorCode::kUnavailable, curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 404) return fail(ErrorCode::kNotFound, answer);
    if (status != 200) return fail(ErrorCode::kInvalid, answer);
    return answer;
}

Result<void> CloudControl::set_fault(std::string_view json) {
    return done(call("POST", "/faults", json));
}

Result<void> CloudControl::clear_faults(std::string_view destination) {
    return set_fault("{\"destination\":\"" + std::string(destination) + "\",\"mode\":\"none\"}");
}

Result<void> CloudControl::cut_network() {
    return set_fault(R"({"destination":"*","mode":"refuse"})");
}

Result<void> CloudControl::set_door(int door, bool open) {
    return done(
        call("POST", "/doors", "{\"door\":" + std::to_string(door) + ",\"open\":" + (open ? "true}" : "false}")));
}

Result<std::string> CloudControl::ledger_text() {
    return call("GET", "/ledger");
}

Result<std::map<std::string, BookSummary>> CloudControl::ledger() {
    const auto text = ledger_text();
    if (!text) return std::unexpected(text.error());
    std::map<std::string, BookSummary> books;
    JsonReader json(*text);
    if (json.open('{'))
        for (std::string_view name; json.next_member(name);) books[std::string(name)] = read_book(json);
    if (!json.at_end()) return fail(ErrorCode::kInvalid, "the ledger is not JSON");
    return books;
}

Result<bool> CloudControl::has(std::string_view destination, std::string_view id) {
    const auto item = call("GET", "/ledger/item?destination=" + escaped(destination) + "&id=" + escaped(id));
    if (!item && item.error().code != ErrorCode::kNotFound) return std::unexpected(item.error());
    return item.has_value();
}

Result<std::string> CloudControl::items(std::string_view destination) {
    return call("GET", "/ledger/items?destination=" + escaped(destination));
}

Result<void> CloudControl::clear_ledger() {
    return done(call("DELETE", "/ledger"));
}

Result<void> CloudControl::revoke_tokens() {
    return done(call("DELETE", "/tokens"));
}

Result<std::int64_t> CloudControl::tokens_granted() {
    const auto text = call("GET", "/tokens");
    if (!text) return std::unexpected(text.error());
    JsonReader json(*text);
    std::int64_t granted = -1;
    if (json.open('{'))
        for (std::string_view name; json.next_member(name);) granted = json.integer().value_or(-1);
    if (granted < 0) return fail(ErrorCode::kInvalid, "the count of tokens is not JSON");
    return granted;
}

bool CloudControl::healthy() {
    return call("GET", "/healthz").has_value();
}

Result<std::string> CloudControl::tell(const std::string& path, std::string_view json) {
    return call("POST", path, json);
}

Result<std::string> CloudControl::ask(const std::string& path_and_query) {
    return call("GET", path_and_query);
}

Result<std::map<std::string, std::int64_t>> CloudControl::loyalty_totals() {
    const auto text = ask("/loyalty/totals");
    if (!text) return std::unexpected(text.error());
    std::map<std::string, std::int64_t> totals;
    JsonReader json(*text);
    if (json.open('{'))
        for (std::string_view name; json.next_member(name);) totals[std::string(name)] = json.integer().value_or(0);
    return totals;
}

}  // namespace tillkeeper::cloud
