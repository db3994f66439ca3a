#include "agent/page/staff_desk.h"

#include <utility>

#include "agent/page/answers.h"
#include "agent/page/request_parts.h"
#include "platform/ascii.h"
#include "platform/crypto.h"
#include "platform/log.h"
#include "platform/password_hash.h"
#include "sync/url_template.h"

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kCookie = "session";
constexpr std::size_t kSecretBytes = 16;  // 128 bits: nobody guesses them
constexpr std::size_t kSignInBytesMax = 4096;
constexpr int kUnderWayMax = 4;  // each takes seconds on a small ARM board
constexpr Duration kBusyWait = std::chrono::seconds(10);
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::string cookie_for(std::string_view id, bool over_tls) {
    return std::string(kCookie) + '=' + std::string(id) + "; Path=/; HttpOnly; SameSite=Strict" +
           (id.empty() ? "; Max-Age=0" : "") + (over_tls ? "; Secure" : "");
}

// As the browser sees it: TLS may end at a proxy in front.
bool over_tls(const ServerRequest& request) {
    return header(request, "origin").starts_with("https://");
}

Result<FormFields> fields_of(const ServerRequest& request) {
    if (request.method == "POST") {
        auto type = header(request, "content-type");
        if (ascii_lower(next_part(type, ';')) != kFormType) return fail(ErrorCode::kInvalid, "not a form");
        return read_form(request.body);
    }
    return FormFields(request.query.begin(), request.query.end());
}

// The address that was asked for, but for the language.
std::string here_of(const ServerRequest& request) {
    std::string here = request.path;
    for (const auto& [name, value] : request.query)
        if (name != "lang")
            here += (here.contains('?') ? '&' : '?') + sync::percent_encoded(name) + '=' + sync::percent_encoded(value);
    return here;
}

ServerResponse sign_in_page(int status, const PageFacts& facts, const Words& words, const SignInSheet& sheet) {
    auto answer = page_answer(status, "text/html", render_sign_in(facts, words, sheet));
    if (sheet.wait > Duration::zero())
        answer.headers.emplace_back("Retry-After",
                                    std::to_string(std::chrono::ceil<std::chrono::seconds>(sheet.wait).count()));
    return answer;
}

}  // namespace

std::string StaffDesk::sign_in_path(const ServerRequest& request) {
    return request.method == "POST" ? "/sign-in?ended=1" : "/sign-in?next=" + sync::percent_encoded(here_of(request));
}

StaffDesk::StaffDesk(StaffDeskParts parts) : parts_(std::move(parts)), people_(parts_.data_folder) {}

bool StaffDesk::knows(std::string_view method, std::string_view path) const {
    if (path == "/sign-in" || (path == "/sign-out" && method == "POST")) return true;
    return actions_.contains(std::string(method) + ' ' + std::string(path));
}

std::optional<SignedIn> StaffDesk::who(const ServerRequest& request) {
    const auto* session = sessions_.find(cookie(request, kCookie), parts_.clock.monotonic());
    if (session == nullptr) return std::nullopt;
    return SignedIn{session->person.name, session->token};
}

void StaffDesk::handle(ServerRequest request, PageFacts facts, const Words& words, HttpServer::Reply reply) {
    facts.signed_in = who(request);
    const bool posted = request.method == "POST";
    facts.here = posted ? "/sign-in" : here_of(request);
    if (!posted && !knows("GET", request.path)) return reply(go_on("/"));  // a form's address, loaded anew
    if (request.path == "/sign-out") return sign_out(request, words, std::move(reply));
    if (request.path != "/sign-in") return act(std::move(request), std::move(facts), words, std::move(reply));
    if (!posted) return show_sign_in(request, facts, words, std::move(reply));
    sign_in(request, std::move(facts), words, std::move(reply));
}

// A path of our own, or the page.
std::string StaffDesk::safe_next(std::string_view next) const {
    const auto path = next.substr(0, next.find('?'));
    const bool plain =
        next.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?=&%._-") ==
        std::string_view::npos;
    const bool known = paths_.contains(path) || actions_.contains("GET " + std::string(path));
    return plain && known ? std::string(next) : "/";
}

void StaffDesk::show_sign_in(const ServerRequest& request, const PageFacts& facts, const Words& words,
                             HttpServer::Reply reply) const {
    const auto next = request.query.find("next");
    SignInSheet sheet;
    if (next != request.query.end()) sheet.next = safe_next(next->second);
    if (request.query.contains("ended")) sheet.said = "sign_in.ended";
    reply(sign_in_page(200, facts, words, sheet));
}

void StaffDesk::sign_in(const ServerRequest& request, PageFacts facts, const Words& words, HttpServer::Reply reply) {
    const auto form = request.body.size() > kSignInBytesMax ? fail(ErrorCode::kLimit, "too long") : fields_of(request);
    if (!form) return reply(refusal(words, 400, "refused.form"));
    SignInSheet sheet{"", {}, std::string(field(*form, "name")), safe_next(field(*form, "next"))};
    sheet.wait = under_way_ >= kUnderWayMax ? kBusyWait : limit_.admit(request.peer, parts_.clock.monotonic());
    if (sheet.wait > Duration::zero()) {
        sheet.said = "sign_in.wait";
        return reply(sign_in_page(429, facts, words, sheet));
    }
    ++under_way_;
    parts_.slow_loop.post([this, people = people_, request, sheet = std::move(sheet), facts = std::move(facts), &words,
                           pin = std::string(field(*form, "pin")), reply = std::move(reply)]() mutable {
        auto person = people.recognise(sheet.name, pin);
        const auto all = people.all();
        const bool nobody = all && all->empty();
        parts_.till_loop.post([this, person = std::move(person), nobody, request = std::move(request),
                               sheet = std::move(sheet), facts = std::move(facts), &words,
                               reply = std::move(reply)]() mutable {
            --under_way_;
            if (person && *person) return let_in(request, std::move(**person), sheet.next, std::move(reply));
            if (person) log(LogLevel::kWarning, "staff sign-in refused", {{"peer", request.peer}});
            if (!person) log(LogLevel::kError, "staff sign-in", {{"reason", person.error().message}});
            sheet.said = !person ? "sign_in.broken" : nobody ? "sign_in.nobody" : "sign_in.wrong";
            reply(sign_in_page(person ? 403 : 503, facts, words, sheet));
        });
    });
}

// With a new id each time: one that somebody else put into this browser is worth nothing (session fixation).
void StaffDesk::let_in(const ServerRequest& request, Person person, const std::string& next, HttpServer::Reply reply) {
    const auto now = parts_.clock.monotonic();
    limit_.succeeded(request.peer, now);
    sessions_.end(cookie(request, kCookie));
    const auto id = random_bytes(kSecretBytes);
    const auto token = random_bytes(kSecretBytes);
    if (!id || !token) return reply({.status = 500, .content_type = "text/plain", .body = "no random bytes\n"});
    const auto& session = sessions_.begin(std::move(person), base64url(*id), base64url(*token), now);
    log(LogLevel::kNotice, "staff signed in", {{"peer", request.peer}});
    auto answer = go_on(next);
    answer.headers.emplace_back("Set-Cookie", cookie_for(session.id, over_tls(request)));
    reply(std::move(answer));
}

void StaffDesk::sign_out(const ServerRequest& request, const Words& words, HttpServer::Reply reply) {
    const auto* session = sessions_.find(cookie(request, kCookie), parts_.clock.monotonic());
    const auto form = fields_of(request);
    if (session != nullptr && (!form || !equal_in_constant_time(field(*form, "token"), session->token)))
        return reply(refusal(words, 403, "refused.stale"));
    sessions_.end(cookie(request, kCookie));
    auto answer = go_on("/");
    answer.headers.emplace_back("Set-Cookie", cookie_for("", over_tls(request)));
    reply(std::move(answer));
}

void StaffDesk::act(ServerRequest request, PageFacts facts, const Words& words, HttpServer::Reply reply) {
    const auto now = parts_.clock.monotonic();
    const std::string id(cookie(request, kCookie));
    const auto* session = sessions_.find(id, now);
    if (session == nullptr) return reply(go_on(sign_in_path(request)));
    auto fields = fields_of(request);
    if (!fields) return reply(refusal(words, 400, "refused.form"));
    const bool posted = request.method == "POST";
    if (posted && !equal_in_constant_time(field(*fields, "token"), session->token))
        return reply(refusal(words, 403, "refused.stale"));
    const auto& action = actions_.at((posted ? "POST " : "GET ") + request.path);
    parts_.sync_loop.post([this, id, person = session->person, &action, gone = sign_in_path(request),
                           asked = StaffRequest{std::move(*fields), std::move(facts), words},
                           reply = on_till_loop(std::move(reply))]() mutable {
        if (people_.still_there(person)) return action(std::move(asked), std::move(reply));
        parts_.till_loop.post([this, id] { sessions_.end(id); });
        reply(go_on(std::move(gone)));
    });
    sessions_.used(id, now);
}

HttpServer::Reply StaffDesk::on_till_loop(HttpServer::Reply reply) {
    return [this, reply = std::move(reply)](ServerResponse answer) mutable {
        parts_.till_loop.post(
            [answer = std::move(answer), reply = std::move(reply)]() mutable { reply(std::move(answer)); });
    };
}

}  // namespace tillkeeper::agent
