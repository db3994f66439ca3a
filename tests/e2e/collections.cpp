#include "tests/e2e/collections.h"

namespace tillkeeper::lab {
namespace {

std::string line(const std::string& key, const std::string& value) {
    return key + " = \"" + value + "\"\n";
}

// Whom to ask, and as whom: as the CRM's destination does.
struct Access {
    std::string base;
    std::string ca;
    std::string login;  // lines of a table `oauth`
};

Access access_of(const Cloud& cloud, int door) {
    const auto crm = cloud.destination("crm", door);
    return {crm.url.substr(0, crm.url.find("/crm/")), crm.ca_file,
            line("token_url", crm.token_url) + line("client_id", crm.client_id) +
                line("client_secret_file", crm.secret_file)};
}

struct Wanted {
    std::string name;
    std::string key;
    std::string search = "[]";
    std::string delivered_by{};
    bool live = true;
};

std::string collection(const Access& access, const Wanted& wanted, const CollectionsSetup& setup) {
    std::string text = "\n[[collection]]\n" + line("name", wanted.name) + line("record_key", wanted.key) +
                       line("ca_file", access.ca) + "search = " + wanted.search +
                       "\nevery_s = " + std::to_string(setup.every_s) + '\n';
    text += line("url", access.base + "/feed/v1/" + wanted.name + "?cursor={cursor}&page={page}&limit=500");
    if (!wanted.delivered_by.empty()) text += line("knows_deliveries_of", wanted.delivered_by);
    text += "[collection.oauth]\n" + access.login;
    if (!wanted.live) return text;
    return text + "[collection.live]\n" +
           line("url", access.base + "/live/v1/" + wanted.name + "?by={field}&key={key}") +
           "deadline_ms = " + std::to_string(setup.deadline_ms) + '\n';
}

std::string loyalty(const Access& access, const CollectionsSetup& setup) {
    const std::string examples = std::string(TILLKEEPER_SOURCE_DIR) + "/packaging/examples/";
    const auto from = [&](const std::string& name, const std::string& url, const std::string& key,
                          const std::string& more) {
        return "\n[[collection]]\n" + line("name", name) + line("url", access.base + url) + line("record_key", key) +
               line("ca_file", access.ca) + "every_s = " + std::to_string(setup.every_s) + '\n' + more +
               "[collection.oauth]\n" + access.login;
    };
    std::string text = from("leases", "/loyalty/v1/leases?store=" + setup.store + "&cursor={cursor}&page={page}", "jti",
                            line("answer_file", examples + "leases.jq") +
                                "search = [{field = \"member_id\"}, {field = \"pool\"}, {field = \"store\"}]\n");
    text += from("lease_keys", "/loyalty/v1/keys", "kid", line("answer_file", examples + "keys.jq"));
    text += "\n[loyalty]\n" + line("destination", "crm") + line("issuer", "https://loyalty.cloud.test") +
            line("url", access.base + "/loyalty/v1/redemptions") + line("ca_file", access.ca) +
            "allowance_member = " + std::to_string(setup.allowance_member) +
            "\nallowance_store = " + std::to_string(setup.allowance_store) + "\n[loyalty.oauth]\n" + access.login;
    return text;
}

}  // namespace

std::string collections_of(const Cloud& cloud, const CollectionsSetup& setup) {
    const auto access = access_of(cloud, setup.door);
    std::string text;
    for (const Wanted& wanted :
         {Wanted{"members", "member_id",
                 R"([{field = "card_barcode", normal = "digits"},)"
                 R"( {field = "phone", normal = "phone", country = "49", prefix_min = 6},)"
                 R"( {field = "email", normal = "folded"}])",
                 "crm"},
          Wanted{"products", "sku", R"([{field = "gtin", normal = "digits"}])"},
          Wanted{"prices", "price_id", R"([{field = "sku"}])", "", false}, Wanted{"stock", "sku", "[]", "oms"},
          Wanted{"orders", "order_id", R"([{field = "pickup_code", normal = "folded"}])"}})
        text += collection(access, wanted, setup);
    return text + loyalty(access, setup);
}

}  // namespace tillkeeper::lab
