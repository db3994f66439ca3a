#include "tests/bench/load_generator.h"

#include "storage/journal_reader.h"
#include "sync/request_builder.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::bench {
namespace {

constexpr int kLanes = 2;  // the agent's default
constexpr auto kPatience = std::chrono::minutes(5);

// "finished in 1.23s, 812.34 req/s, 1.00MB/s"
Result<double> requests_per_second(const lab::CommandResult& ended, std::int64_t requests) {
    const auto& text = ended.output;
    const auto comma = text.find(", ", text.find("finished in "));
    const std::string all_fine = "status codes: " + std::to_string(requests) + " 2xx";
    if (ended.status != 0 || comma == std::string::npos || text.find(all_fine) == std::string::npos)
        return fail(ErrorCode::kInternal, "h2load: " + text + ended.errors);
    return std::stod(text.substr(comma + 2));
}

}  // namespace

Result<void> write_batch(const std::filesystem::path& data, bool gzip, const std::filesystem::path& file) {
    auto reader = storage::JournalReader::open({.folder = data, .key = "", .vfs = ""});
    if (!reader) return std::unexpected(reader.error());
    sync::DestinationConfig config;
    config.gzip = gzip;
    const auto batch = (*reader)->read_after(0, {.entries_max = config.batch_items_max});
    if (!batch) return std::unexpected(batch.error());
    auto builder = sync::RequestBuilder::make(config, "0042");
    if (!builder) return std::unexpected(builder.error());
    if (!builder->map(*batch).empty()) return fail(ErrorCode::kInternal, "a sale could not be mapped");
    fakes::SeededRandom random;
    const auto request = builder->build(*batch, random);
    if (!request) return std::unexpected(request.error());
    return lab::write_file(file, request->body);
}

Result<Posted> run_h2load(Store& store, const std::filesystem::path& body, bool gzip, std::int64_t requests) {
    if (auto cleared = store.cloud().control().clear_ledger(); !cleared) return std::unexpected(cleared.error());
    const auto token = store.cloud().token();
    if (!token) return std::unexpected(token.error());
    std::vector<std::string> command{"h2load",
                                     "-n",
                                     std::to_string(requests),
                                     "-c",
                                     "1",
                                     "-m",
                                     std::to_string(sync::DestinationConfig{}.lanes),
                                     "-d",
                                     body.string(),
                                     "-H",
                                     "content-type: application/cloudevents-batch+json",
                                     "-H",
                                     "authorization: Bearer " + *token};
    if (gzip) command.insert(command.end(), {"-H", "content-encoding: gzip"});
    command.push_back(store.cloud().url("bench"));
    auto ended = lab::run_command(std::move(command), store.folder(), kPatience);
    if (!ended) return std::unexpected(ended.error());
    const auto rate = requests_per_second(*ended, requests);
    if (!rate) return std::unexpected(rate.error());
    auto books = store.cloud().control().ledger();
    if (!books) return std::unexpected(books.error());
    const auto& book = (*books)["bench"];
    const double items = static_cast<double>(book.count + book.repeated) / static_cast<double>(requests);
    return Posted{*rate * items, items};
}

}  // namespace tillkeeper::bench
