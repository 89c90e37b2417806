// `watchword new`: writes a starter project into a folder of its own.
#include "desk/starter.hpp"
#include "stdlib/modules.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace watchword::tools {

namespace {

namespace files = std::filesystem;

struct NewSettings {
    std::string folder;
    std::vector<std::string> samples;
    std::string person, time;
};

/// `logs/vpn.csv.gz` is `vpn_log`; of several that would have one name the later ones get another `_log`.
std::string name_of_log(const std::string& path, const std::vector<std::string>& taken) {
    std::string stem = files::path(path).filename().string();
    stem = stem.substr(0, stem.find('.', 1));
    std::string name = desk::name_from(stem);
    if (!name.ends_with("log")) name += "_log"; // what there is of `file.*` and `email.*` stays what it is
    const auto is_taken = [&](const std::string& candidate) {
        return std::find(taken.begin(), taken.end(), candidate) != taken.end();
    };
    while (is_taken(name)) name += "_log";
    return name;
}

int write_files(const files::path& folder, const std::vector<desk::StarterFile>& texts, const Context& context) {
    std::error_code error;
    for (const desk::StarterFile& file : texts) {
        const files::path path = folder / file.name;
        files::create_directories(path.parent_path(), error);
        std::ofstream out{path, std::ios::binary};
        if (!(out << file.text << std::flush)) {
            context.complain(fmt::format("cannot write `{}`", path.string()));
            return exit_limit;
        }
        fmt::print("{}\n", path.string());
    }
    return exit_fine;
}

/// A column that was asked for and is in none of the logs is a spelling mistake.
int check_columns(const NewSettings& settings, const std::vector<desk::StarterLog>& logs, const Context& context) {
    std::vector<std::string> headers;
    for (const desk::StarterLog& log : logs)
        for (const desk::SampleColumn& column : log.sample.columns) headers.push_back(column.header);
    for (const std::string& asked : {settings.person, settings.time})
        if (!asked.empty() && std::find(headers.begin(), headers.end(), asked) == headers.end())
            return context.misused(fmt::format("there is no column `{}`{}", asked, did_you_mean(asked, headers)));
    return exit_fine;
}

int make(const NewSettings& settings, const Context& context) {
    const files::path folder{settings.folder};
    std::error_code error;
    if (files::exists(folder, error) && (!files::is_directory(folder, error) || !files::is_empty(folder, error)))
        return context.misused(fmt::format("`{}` is there already; a new project wants a new folder", settings.folder));
    const std::string name = desk::name_from(files::absolute(folder, error).lexically_normal().filename().string());
    std::vector<std::string> taken{name};
    for (const stdlib::Module& module : stdlib::modules()) taken.emplace_back(module.name);
    if (std::find(taken.begin() + 1, taken.end(), name) != taken.end())
        return context.misused(fmt::format("`{}` is a standard module; call the project otherwise", name));
    std::vector<desk::StarterLog> logs;
    for (const std::string& path : settings.samples) {
        auto sample = desk::read_sample({path, settings.person, settings.time});
        if (const auto* problem = std::get_if<std::string>(&sample)) return context.misused(*problem);
        logs.push_back({name_of_log(path, taken), path, std::get<desk::Sample>(std::move(sample))});
        taken.push_back(logs.back().name);
    }
    if (const int status = check_columns(settings, logs, context); status != exit_fine) return status;
    if (const int status = write_files(folder, desk::starter_files(name, logs), context); status != exit_fine)
        return status;
    std::string next = fmt::format("\nNow:\n    cd {}\n", quoted_for_shell(settings.folder));
    for (const std::string& command : desk::starter_commands(name, logs)) next += "    " + command + "\n";
    context.say(next);
    for (const desk::StarterLog& log : logs)
        for (const std::string& doubt : desk::doubts_about(log.sample))
            context.say(fmt::format("note: {}.watch: {}\n", log.name, doubt));
    return exit_fine;
}

} // namespace

void add_new(CLI::App& command, Context& context) {
    auto& settings = context.options<NewSettings>();
    CLI::App* verb = command.add_subcommand("new", "A starter project: a policy, its tests, sources for your logs");
    verb->add_option("FOLDER", settings.folder, "A folder that is not there yet; the project takes its name")
        ->required()
        ->configurable(false);
    verb->add_option("--from", settings.samples, "A log of yours, CSV or JSON Lines, to make a source for")
        ->allow_extra_args(false)
        ->configurable(false);
    verb->add_option("--person", settings.person, "The column that names the account, if that is not found")
        ->configurable(false);
    verb->add_option("--time", settings.time, "The column that says when, if that is not found")->configurable(false);
    context.on(verb, [&] { return make(settings, context); });
}

} // namespace watchword::tools
