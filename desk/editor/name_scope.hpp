// Which declarations a file sees, by name: its own, and those of the modules it uses. For questions that the checked
// model does not answer, such as what could stand where nothing stands yet. Knows no expressions.
#pragma once

#include "dsl/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watchword::desk {

class NameScope {
public:
    /// Both must outlive the scope.
    NameScope(const dsl::Model& model, std::uint32_t tree);

    struct Seen {
        std::uint32_t tree = dsl::none;
        std::string alias; ///< of `use X as alias`: its names are written behind it
    };
    const std::vector<Seen>& seen() const { return seen_; }
    /// The tree of a module that the file names by `use`.
    std::optional<std::uint32_t> module(std::string_view name) const;

    /// The entry of `infos`, a vector of the model, that `name` means, `alias.name` too; none: there is none.
    template <class Info>
    std::uint32_t find(const std::vector<Info>& infos, std::string_view name) const {
        for (const Seen& one : seen_)
            for (std::uint32_t index = 0; index < infos.size(); ++index)
                if (infos[index].at.tree == one.tree && is_called(one, name, infos[index].name)) return index;
        return dsl::none;
    }
    std::uint32_t find_event(std::string_view name) const;

    /// Entries of `infos` with the name by which the file calls each.
    struct Named {
        std::uint32_t index = dsl::none;
        std::string name;
    };
    template <class Info>
    std::vector<Named> all(const std::vector<Info>& infos) const {
        std::vector<Named> result;
        for (const Seen& one : seen_)
            for (std::uint32_t index = 0; index < infos.size(); ++index)
                if (infos[index].at.tree == one.tree) result.push_back({index, called(one, infos[index].name)});
        return result;
    }
    std::vector<Named> all_events() const;

private:
    static bool is_called(const Seen& seen, std::string_view written, std::string_view name);
    static std::string called(const Seen& seen, const std::string& name);

    const dsl::Model& model_;
    std::vector<Seen> seen_; ///< the file itself first
};

} // namespace watchword::desk
