#include "tools/reload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace watchword::tools {

namespace {

volatile std::sig_atomic_t asked = 0;

extern "C" void ask(int) { asked = 1; }

bool same_text(const runtime::Program& left, const runtime::Program& right) {
    return std::equal(left.files.begin(), left.files.end(), right.files.begin(), right.files.end(),
                      [](const auto& a, const auto& b) { return a.name == b.name && a.text == b.text; });
}

} // namespace

bool take_lists(runtime::Program& running, runtime::Program newer) {
    const auto same_set = [](const runtime::ConstantSet& a, const runtime::ConstantSet& b) {
        return a.kind == b.kind && a.folded == b.folded && a.networks.empty() == b.networks.empty();
    };
    const runtime::Program &a = running, &b = newer;
    if (!same_text(a, b) || a.code.size() != b.code.size() || a.constants.size() != b.constants.size() ||
        a.tables.size() != b.tables.size() || a.calendars.size() != b.calendars.size() ||
        a.baselines.size() != b.baselines.size() ||
        !std::equal(a.sets.begin(), a.sets.end(), b.sets.begin(), b.sets.end(), same_set))
        return false;
    // one by one, for code and states know them by their places
    for (std::size_t i = 0; i < a.sets.size(); ++i) running.sets[i] = std::move(newer.sets[i]);
    for (std::size_t i = 0; i < a.tables.size(); ++i) running.tables[i] = std::move(newer.tables[i]);
    for (std::size_t i = 0; i < a.calendars.size(); ++i)
        running.calendars[i].holidays = std::move(newer.calendars[i].holidays);
    for (std::size_t i = 0; i < a.baselines.size(); ++i) running.baselines[i] = std::move(newer.baselines[i]);
    return true;
}

Reload::Reload(std::vector<std::string> words, const Context& context) : words_(std::move(words)), context_(context) {
    std::signal(SIGHUP, ask);
}

bool Reload::is_asked() { return asked != 0; }

void Reload::read(Policies& running) const {
    asked = 0;
    Policies newer;
    if (load_policies(words_, {}, context_, newer) != exit_fine) {
        context_.complain("lists are not read anew: the policies do not compile");
        return;
    }
    if (take_lists(*running.program, std::move(*newer.program)))
        context_.say("lists and tables were read anew\n");
    else
        context_.complain("lists are not read anew: the policies have changed; start the run again");
}

} // namespace watchword::tools
