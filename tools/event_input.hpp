// What verbs that read events share on their command line: inputs and rosters, how they are ordered, and the key that
// people and sensitive values are shown with.
#pragma once

#include "runtime/engine.hpp"
#include "runtime/program.hpp"
#include "stdlib/pseudonym.hpp"
#include "stdlib/sources/input.hpp"
#include "tools/context.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watchword::tools {

struct InputSettings {
    std::vector<std::string> inputs, rosters;
    std::string lateness, dead_letter, temporary, memory, until;
    std::string ahead = "1d";
    bool sorted = false;
};
void add_input_options(CLI::App& verb, InputSettings& settings);
/// `run -i events.jsonl policy.watch`: a policy after the inputs is a policy, and what is named as a file of events is
/// an input, wherever it stands.
void sort_words(std::vector<std::string>& policies, std::vector<std::string>& inputs);
/// The settings as options; exit_fine, or a complaint made and exit_usage.
int fill_input(const InputSettings& settings, const Context& context, stdlib::InputOptions& options);
/// `--memory`; as fill_input.
int fill_engine(const InputSettings& settings, const Context& context, runtime::EngineOptions& options);
/// Every source that `-i NAME=` names must be declared by some policy; as fill_input.
int check_sources(const stdlib::InputOptions& options, const runtime::Program& program, const Context& context);

struct RevealSettings {
    std::string reason, key, log;
    bool reveal = false;
};
void add_reveal_options(CLI::App& verb, RevealSettings& settings);
/// What the key makes: pseudonyms and the key of alert ids. Revealing is logged before anything is shown.
int open_key(const RevealSettings& settings, const Context& context, std::string& identity_key,
             std::optional<stdlib::Pseudonyms>& pseudonyms);

std::optional<runtime::Level> parse_level(std::string_view word);
/// Now, by the machine's clock.
runtime::Time wall_clock();

} // namespace watchword::tools
