// gallery FOLDER: writes the page in every state and language into the folder, to be looked at in a browser.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "agent/page/embedded.h"
#include "agent/page/view.h"
#include "tests/agent/page/page_states.h"
#include "tests/agent/page/sheet_states.h"

using namespace tillkeeper::agent;

namespace {

// Links that work from a folder.
std::string from_folder(std::string html) {
    for (const std::string name : {"page.css", "page.js", "scan.js"})
        if (const auto at = html.find("\"/" + name); at != std::string::npos) html.erase(at + 1, 1);
    return html;
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fputs("usage: gallery FOLDER\n", stderr);
        return 2;
    }
    const std::filesystem::path folder(words[1]);
    std::filesystem::create_directories(folder);
    for (const std::string name : {"page.css", "page.js", "scan.js"})
        std::ofstream(folder / name) << embedded_file(name);
    for (const auto language : kLanguages)
        for (const auto& [name, facts] : page_states())
            std::ofstream(folder / (name + '.' + std::string(language) + ".html"))
                << from_folder(render_page(facts, Words::in(language)));
    for (const auto language : kLanguages)
        for (const auto& [name, html] : sheet_states(Words::in(language)))
            std::ofstream(folder / (name + '.' + std::string(language) + ".html")) << from_folder(html);
    return 0;
}
