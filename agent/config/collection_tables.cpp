#include <algorithm>
#include <set>

#include "agent/config/cloud_tables.h"
#include "sync/jq_program.h"

namespace tillkeeper::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kSearchKeysMax = 8;
constexpr std::string_view kJournalItself = "transactions";

class CollectionTable {
  public:
    CollectionTable(TomlSource& source, const toml::table* table, bool tries)
        : source_(source), s_(source, table, "collection"), tries_(tries) {}

    sync::SourceConfig read(std::set<std::string>& names, const std::vector<sync::DestinationConfig>& destinations) {
        name(names);
        kind();
        s_.optional("url", c_.url);
        require_secure(s_, "url", c_.url);
        s_.optional("query", c_.query);
        s_.file("answer_file", c_.answer, false);
        s_.required("record_key", c_.record_key);
        s_.path("ca_file", c_.ca_file);
        search();
        times();
        knows_deliveries_of(destinations);
        read_login(source_, s_, {"collection", c_.collection}, c_.oauth);
        live();
        if (c_.url.empty() && !c_.live) s_.fault("url", "missing; give url, or a table [collection.live], or both");
        if (c_.kind == sync::SourceKind::kGraphQl && !c_.url.empty() && c_.query.empty())
            s_.fault("query", "missing; kind \"graphql\" asks by it");
        s_.no_others();
        if (tries_) compiles(s_, c_.answer);
        if (tries_) try_key(s_, c_.oauth);
        return std::move(c_);
    }

  private:
    void name(std::set<std::string>& names) {
        s_.required("name", c_.collection);
        if (c_.collection.empty()) return;
        if (!is_cloud_name(c_.collection)) s_.fault("name", "1 to 32 of a-z 0-9 _ -");
        if (c_.collection == kJournalItself)
            s_.fault("name", "\"transactions\" is the journal itself; remove the table");
        if (!names.insert(c_.collection).second) s_.fault("name", "given twice");
    }

    void kind() {
        std::string kind = "rest";
        std::string format = "json";
        s_.optional("kind", kind);
        s_.optional("format", format);
        if (kind == "graphql")
            c_.kind = sync::SourceKind::kGraphQl;
        else if (kind != "rest")
            s_.fault("kind", "must be \"rest\" or \"graphql\"");
        if (format == "ndjson")
            c_.format = sync::PageFormat::kNdjson;
        else if (format != "json")
            s_.fault("format", "must be \"json\" or \"ndjson\"");
    }

    void times() {
        std::int64_t every = 300;
        std::int64_t fresh = 24 * 3600;
        std::int64_t keep = 30;
        std::int64_t bytes = static_cast<std::int64_t>(c_.page_bytes_max);
        std::int64_t timeout = 30;
        s_.optional("every_s", every, 1, 7 * 24 * 3600);
        s_.optional("fresh_s", fresh, 1, 3650LL * 24 * 3600);
        s_.optional("keep_days", keep, 1, 3650);
        s_.optional("page_bytes_max", bytes, 1024, 64 << 20);
        s_.optional("request_timeout_s", timeout, 1, 600);
        if (fresh > keep * 24 * 3600) s_.fault("fresh_s", "longer than keep_days; a copy is not kept so long");
        c_.every = seconds(every);
        c_.fresh = seconds(fresh);
        c_.keep = std::chrono::hours(24 * keep);
        c_.page_bytes_max = static_cast<std::size_t>(bytes);
        c_.request_timeout = seconds(timeout);
    }

    void knows_deliveries_of(const std::vector<sync::DestinationConfig>& destinations) {
        s_.optional("knows_deliveries_of", c_.knows_deliveries_of);
        const auto named = [&](const auto& destination) { return destination.name == c_.knows_deliveries_of; };
        if (!c_.knows_deliveries_of.empty() && std::ranges::none_of(destinations, named))
            s_.fault("knows_deliveries_of", "no destination has this name");
    }

    void search() {
        const auto* node = s_.take("search");
        std::set<std::string> fields;
        for (const auto* table : tables_of(source_, node, "collection.search", kSearchKeysMax)) {
            TomlSection s(source_, table, "collection.search");
            sync::SearchKeyConfig key;
            s.required("field", key.field);
            if (!key.field.empty() && !is_cloud_name(key.field)) s.fault("field", "1 to 32 of a-z 0-9 _ -");
            if (!fields.insert(key.field).second) s.fault("field", "given twice");
            key.member = key.field;
            s.optional("member", key.member);
            normal(s, key);
            s.no_others();
            c_.search.push_back(std::move(key));
        }
    }

    static void normal(TomlSection& s, sync::SearchKeyConfig& key) {
        std::string normal = "text";
        s.optional("normal", normal);
        if (normal == "folded")
            key.normal = sync::Normal::kFolded;
        else if (normal == "digits")
            key.normal = sync::Normal::kDigits;
        else if (normal == "phone")
            key.normal = sync::Normal::kPhone;
        else if (normal != "text")
            s.fault("normal", "must be \"text\", \"folded\", \"digits\" or \"phone\"");
        std::int64_t prefix_min = 0;
        s.optional("prefix_min", prefix_min, 3, 12);
        key.prefix_min = static_cast<int>(prefix_min);
        s.optional("country", key.country);
        const bool digits = key.country.find_first_not_of("0123456789") == std::string::npos;
        if (!key.country.empty() && (!digits || key.country.size() > 3)) s.fault("country", "1 to 3 digits, as \"49\"");
        if (!key.country.empty() && key.normal != sync::Normal::kPhone)
            s.fault("country", "only with normal = \"phone\"");
    }

    void live() {
        const auto* node = s_.take("live");
        if (node == nullptr) return;
        if (!node->is_table()) return s_.fault("live", "must be a table, [collection.live]");
        TomlSection s(source_, node->as_table(), "collection.live");
        sync::LiveConfig live;
        s.required("url", live.url);
        require_secure(s, "url", live.url);
        s.optional("query", live.query);
        const bool graphql = c_.kind == sync::SourceKind::kGraphQl;
        if (graphql && live.query.empty()) s.fault("query", "missing; kind \"graphql\" asks by it");
        if (!graphql && !live.url.empty() && !live.url.contains("{key}"))
            s.fault("url", "must have {key}, where what is asked for goes");
        s.file("answer_file", live.answer, false);
        std::int64_t deadline = 300;
        std::int64_t missed = live.missed_max;
        s.optional("deadline_ms", deadline, 10, 10'000);
        s.optional("missed_max", missed, 1, 100);
        live.deadline = milliseconds(deadline);
        live.missed_max = static_cast<int>(missed);
        s.no_others();
        if (tries_) compiles(s, live.answer);
        c_.live = std::move(live);
    }

    static void compiles(TomlSection& s, const std::string& program) {
        if (program.empty()) return;
        if (auto compiled = sync::JqProgram::compile(program, "answer_file"); !compiled)
            s.fault("answer_file", compiled.error().message);
    }

    TomlSource& source_;
    TomlSection s_;
    bool tries_;
    sync::SourceConfig c_;
};

}  // namespace

std::vector<sync::SourceConfig> read_collections(TomlSource& source, const toml::node* node,
                                                 const std::vector<sync::DestinationConfig>& destinations, bool tries) {
    std::vector<sync::SourceConfig> collections;
    std::set<std::string> names;
    for (const auto* table : tables_of(source, node, "collection", kCollectionsMax))
        collections.push_back(CollectionTable(source, table, tries).read(names, destinations));
    return collections;
}

}  // namespace tillkeeper::agent
