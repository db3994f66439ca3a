#include "tests/bench/load_generator.h"

#include <fstream>

#include "platform/linux-arm/microhttpd_server.h"

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

Result<void> capture_batch(Store& store, const std::filesystem::path& data, bool gzip,
                           const std::filesystem::path& file) {
    AsioEventLoop loop;
    bool captured = false;
    ListenOptions listening;
    listening.body_bytes_max = std::size_t{4} << 20;
    auto server = listen(loop, listening, [&](ServerRequest request, HttpServer::Reply reply) {
        ServerResponse taken;
        taken.status = 503;  // once is enough
        reply(std::move(taken));
        if (std::exchange(captured, true)) return;
        std::ofstream(file, std::ios::binary | std::ios::trunc) << request.body;
        loop.stop();
    });
    if (!server) return std::unexpected(server.error());
    lab::DestinationSetup destination;
    destination.name = "bench";
    destination.url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/";
    destination.more = gzip ? "gzip = true\n" : "gzip = false\n";
    auto agent = store.agent(data, {destination});
    if (!agent) return std::unexpected(agent.error());
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    const auto give_up = loop.after(std::chrono::seconds(30), [&] { loop.stop(); });
    loop.run();
    agent->kill();
    if (!captured) return fail(ErrorCode::kUnavailable, "the agent sent no batch");
    return {};
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
                                     std::to_string(kLanes),
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
