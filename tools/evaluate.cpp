// `watchword evaluate`: how good alerts are, where the truth is known because `simulate` made it up.
#include "stdlib/evaluate.hpp"

#include "stdlib/key_file.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <variant>

namespace watchword::tools {

namespace {

struct EvaluateSettings {
    std::string alerts, truth, key;
    std::string output = "table";
};

std::optional<std::string> read(const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
    std::ifstream file{path, std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

int evaluate(const EvaluateSettings& settings, const Context& context) {
    const std::string path = settings.key.empty() ? stdlib::default_key_path() : settings.key;
    if (path.empty()) return context.misused("no key of pseudonyms: set HOME or say --key FILE");
    const auto key = stdlib::load_key(path, settings.key.empty()); // a new one fits no alerts
    if (const auto* problem = std::get_if<stdlib::FileProblem>(&key)) return context.misused(problem->message);
    std::optional<std::string> texts[2];
    for (const auto& [index, file] : {std::pair{0, &settings.alerts}, std::pair{1, &settings.truth}}) {
        texts[index] = read(*file);
        if (!texts[index]) return context.misused(fmt::format("cannot read `{}`: {}", *file, std::strerror(errno)));
    }
    const stdlib::Pseudonyms pseudonyms{std::get<std::string>(key)};
    const stdlib::Evaluation evaluation = stdlib::evaluate(*texts[0], *texts[1], pseudonyms);
    if (!evaluation.problem.empty()) {
        context.complain(evaluation.problem);
        return exit_input;
    }
    std::string out;
    if (settings.output == "json")
        append_evaluation_json(out, evaluation);
    else
        append_evaluation_text(out, evaluation);
    fmt::print("{}", out);
    if (evaluation.knows_nobody)
        context.complain("nobody in the truth has an alert; so it is if the alerts were written with another --key");
    return exit_fine;
}

} // namespace

void add_evaluate(CLI::App& command, Context& context) {
    auto& settings = context.options<EvaluateSettings>();
    CLI::App* verb = command.add_subcommand("evaluate", "Precision and recall of alerts about a simulated company");
    verb->add_option("ALERTS", settings.alerts, "What `run` wrote, as JSON Lines; - for standard input")->required();
    verb->add_option("--truth", settings.truth, "The truth.jsonl that `simulate` wrote")->required();
    verb->add_option("--key", settings.key, "The key of pseudonyms that the run used");
    verb->add_option("-o,--output", settings.output, "table, json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    context.on(verb, [&] { return evaluate(settings, context); });
}

} // namespace watchword::tools
