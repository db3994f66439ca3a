// tillkeeper-box: the lamp and the power-fail line of a box. Exit 0 after SIGTERM, or where there is neither; 1 when
// the line cannot be watched, 2 for wrong usage.

#include <csignal>
#include <iostream>

#include "agent/box/box_keeper.h"
#include "agent/box/box_line.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/gpio_line.h"
#include "platform/linux-arm/journal_log.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/sysfs_light.h"
#include "platform/linux-arm/system.h"
#include "platform/log.h"

namespace {

using namespace tillkeeper;

int run(const box::BoxLine& line) {
    AsioEventLoop loop;
    const auto ended = on_signal(loop, {SIGTERM, SIGINT}, [&loop](int) { loop.stop(); });
    ignore_broken_pipes();
    const SystemClock clock;
    const auto http = make_http_client(loop);
    const auto light = line.lamp().empty() ? nullptr : make_light(line.sysfs(), line.lamp());
    box::BoxKeeper keeper({loop, clock, *http, line.socket(), light.get()});
    std::unique_ptr<GpioLine> watched;
    if (!line.power_line().empty()) {
        auto name = box::parse_line_name(line.power_line());
        auto made = name ? GpioLine::watch(loop, name->chip, name->offset, name->active_low,
                                           [&keeper](bool active) { keeper.line(active); })
                         : std::unexpected(name.error());
        if (!made) {
            std::cerr << "tillkeeper-box: " << made.error().message << '\n';
            return name ? 1 : 2;
        }
        watched = std::move(*made);
    }
    keeper.start();
    notify_ready();
    loop.run();
    keeper.stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    box::BoxLine line;
    try {
        line.tree().parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return line.tree().exit(error) == 0 ? 0 : 2;
    }
    log_to_journal();
    if (!line.lamp().empty() || !line.power_line().empty()) return run(line);
    std::cerr << "tillkeeper-box: no lamp and no power-fail line are named, nothing is to be done\n";
    return 0;
}
