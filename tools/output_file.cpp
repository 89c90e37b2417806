// Says which file it wrote, since nothing else would be seen.
#include "tools/output_file.hpp"

#include "stdlib/replaced_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace watchword::tools {

int write_output(const std::string& path, std::string_view text, const Context& context) {
    if (path.empty()) {
        const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
        if (whole) return exit_fine;
        context.complain("standard output cannot be written");
        return exit_limit;
    }
    if (const std::string problem = stdlib::replace_file(path, text); !problem.empty()) return context.misused(problem);
    context.say(fmt::format("wrote {}\n", path));
    return exit_fine;
}

std::string output_form(const std::string& said, std::string_view on_terminal, std::string_view elsewhere) {
    return !said.empty() ? said : std::string(::isatty(STDOUT_FILENO) != 0 ? on_terminal : elsewhere);
}

} // namespace watchword::tools
