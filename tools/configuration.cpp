// CLI11 lets its file win over the environment; leaving out of the file what a variable says turns that round.
#include "tools/configuration.hpp"

#include "tools/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <istream>
#include <memory>
#include <vector>

namespace watchword::tools {

namespace {

std::string variable_of(std::string_view flag) {
    std::string result = "WATCHWORD_";
    for (const char c : flag) result += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return result;
}

std::vector<std::string> keys_of(const CLI::App& app) {
    std::vector<std::string> result;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) result.push_back(name);
    return result;
}

class ConfigurationFile : public CLI::ConfigTOML {
public:
    explicit ConfigurationFile(const CLI::App& command) : command_(command) {}

    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
        std::vector<CLI::ConfigItem> entries = CLI::ConfigTOML::from_config(input);
        for (const CLI::ConfigItem& item : entries) refuse_unknown(item);
        std::erase_if(entries, [](const CLI::ConfigItem& item) {
            const char* value = std::getenv(variable_of(item.name).c_str());
            return value != nullptr && *value != '\0';
        });
        return entries;
    }

private:
    void refuse_unknown(const CLI::ConfigItem& item) const {
        const CLI::App* app = &command_;
        for (const std::string& section : item.parents) {
            std::vector<std::string> sections;
            for (const CLI::App* verb : app->get_subcommands({})) sections.push_back(verb->get_name());
            if (std::find(sections.begin(), sections.end(), section) == sections.end())
                throw CLI::ConfigError(fmt::format("unknown section `[{}]` in the configuration{}", section,
                                                   did_you_mean(section, sections)),
                                       CLI::ExitCodes::ConfigError);
            app = app->get_subcommand(section);
        }
        if (item.name == "++" || item.name == "--") return;
        const std::vector<std::string> keys = keys_of(*app);
        if (std::find(keys.begin(), keys.end(), item.name) == keys.end())
            throw CLI::ConfigError(
                fmt::format("unknown key `{}` in the configuration{}", item.fullname(), did_you_mean(item.name, keys)),
                CLI::ExitCodes::ConfigError);
    }

    const CLI::App& command_;
};

void name_variables(CLI::App& app) {
    for (CLI::Option* option : app.get_options())
        if (const std::string name = variable_name(*option); !name.empty()) option->envname(name);
    for (CLI::App* verb : app.get_subcommands({})) name_variables(*verb);
}

} // namespace

std::string variable_name(const CLI::Option& option) {
    if (!option.get_configurable() || option.get_lnames().empty() || option.get_lnames().front() == "help") return {};
    return variable_of(option.get_lnames().front());
}

void read_configuration(CLI::App& command) {
    command.config_formatter(std::make_shared<ConfigurationFile>(command));
    name_variables(command);
    command.set_config("--config", "watchword.toml", "Settings, a section a verb; default ./watchword.toml");
}

} // namespace watchword::tools
