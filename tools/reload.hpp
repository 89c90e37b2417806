// Lists, tables, holidays and figures of peers read anew while a run goes on, when it is told to by SIGHUP.
#pragma once

#include "tools/policies.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watchword::tools {

class Reload {
public:
    /// From now on SIGHUP asks for the files.
    Reload(std::vector<std::string> words, const Context& context);

    /// Whether it did since the last `read`.
    static bool is_asked();
    /// Compiles the policies again and takes over what files say. Refuses, and says so, if the policies themselves have
    /// changed: what was said of a watch by its policy holds until it ends.
    void read(Policies& running) const;

private:
    std::vector<std::string> words_;
    const Context& context_;
};

/// Takes over the content of lists, tables, holidays and figures. If the programs differ in anything else: why nothing
/// was taken.
std::optional<std::string> take_lists(runtime::Program& running, runtime::Program newer);

} // namespace watchword::tools
