// The names of one file, by its `use`.
#include "desk/editor/name_scope.hpp"

namespace watchword::desk {

NameScope::NameScope(const dsl::Model& model, std::uint32_t tree) : model_(model) {
    if (tree >= model.trees.size()) return;
    seen_.push_back({tree, {}});
    for (const dsl::Declaration& declaration : model.trees[tree].declarations) {
        const auto* use = std::get_if<dsl::UseDecl>(&declaration.node);
        if (use == nullptr) continue;
        for (const dsl::UseDecl::Item& item : use->items)
            if (const std::optional<std::uint32_t> used = module(item.module.text); used && *used != tree)
                seen_.push_back({*used, item.alias ? item.alias->text : std::string()});
    }
}

std::optional<std::uint32_t> NameScope::module(std::string_view name) const {
    for (std::uint32_t tree = 0; tree < model_.modules.size(); ++tree)
        if (model_.modules[tree] == name) return tree;
    return std::nullopt;
}

bool NameScope::is_called(const Seen& seen, std::string_view written, std::string_view name) {
    if (seen.alias.empty()) return written == name;
    return written.size() == seen.alias.size() + 1 + name.size() && written.starts_with(seen.alias) &&
           written[seen.alias.size()] == '.' && written.ends_with(name);
}

std::string NameScope::called(const Seen& seen, const std::string& name) {
    return seen.alias.empty() ? name : seen.alias + "." + name;
}

std::uint32_t NameScope::find_event(std::string_view name) const {
    for (const Seen& one : seen_)
        for (std::uint32_t index = 0; index < model_.event_at.size(); ++index)
            if (model_.event_at[index].tree == one.tree && is_called(one, name, model_.events[index].name))
                return index;
    return dsl::none;
}

std::vector<NameScope::Named> NameScope::all_events() const {
    std::vector<Named> result;
    for (const Seen& one : seen_)
        for (std::uint32_t index = 0; index < model_.event_at.size(); ++index)
            if (model_.event_at[index].tree == one.tree)
                result.push_back({index, called(one, model_.events[index].name)});
    return result;
}

} // namespace watchword::desk
