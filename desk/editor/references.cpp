// Names are looked for in the files that have them somewhere in their text.
#include "desk/editor/references.hpp"

#include "desk/editor/name_scope.hpp"
#include "desk/editor/written_tokens.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

FoundName found_name(const CheckedFile& file, const NamePlace& place) {
    return {file.path(file.root), place.span.begin, place.span.end, place.declares};
}

void add_names(const CheckedFile& file, const NamePlace& asked, const std::set<DeclaredAt>& targets,
               std::vector<FoundName>& found) {
    for (const NamePlace& place : name_places(file.model, file.tree))
        if (means_same(file, place, asked, targets)) found.push_back(found_name(file, place));
}

/// Finds what a name alone could mean: events first, then what is declared for all of a file.
class Guess {
public:
    Guess(const CheckedFile& file, NamePlace& into) : model_(file.model), scope_(file.model, file.tree), into_(into) {}

    bool run() {
        const std::uint32_t event = scope_.find_event(into_.name);
        if (event != dsl::none) return found(NameKind::event, model_.event_at[event]);
        return one_of(NameKind::signal, model_.signals) || one_of(NameKind::policy, model_.policies) ||
               one_of(NameKind::list, model_.lists) || one_of(NameKind::constant, model_.constants) ||
               one_of(NameKind::definition, model_.defines) || one_of(NameKind::calendar, model_.calendars) ||
               one_of(NameKind::table, model_.tables) || one_of(NameKind::action, model_.actions) ||
               one_of(NameKind::source, model_.source_mappings);
    }

private:
    template <class Info>
    bool one_of(NameKind kind, const std::vector<Info>& infos) {
        const std::uint32_t index = scope_.find(infos, into_.name);
        return index != dsl::none && found(kind, infos[index].at);
    }

    bool found(NameKind kind, dsl::DeclRef at) {
        into_.kind = kind;
        into_.declared = {declared_name(model_.trees[at.tree].declarations[at.declaration])};
        return true;
    }

    const dsl::Model& model_;
    NameScope scope_;
    NamePlace& into_;
};

} // namespace

std::optional<NamePlace> meant_at(const CheckedFile& file, std::uint32_t offset) {
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    if (const NamePlace* known = place_at(places, offset)) return *known;
    if (file.fine()) return std::nullopt;
    const TokenRow tokens{file.text(), tokens_of(file.text())};
    for (std::size_t index = 0; index < tokens.size() && tokens[index].begin <= offset;) {
        NamePlace guess;
        const std::size_t behind = std::max(tokens.path_end(index, guess.name), index + 1);
        guess.span = {file.root, tokens[index].begin, tokens[behind - 1].end};
        index = behind;
        if (guess.name.empty() || offset > guess.span.end) continue;
        return Guess{file, guess}.run() ? std::optional(std::move(guess)) : std::nullopt;
    }
    return std::nullopt;
}

DeclaredAt declared_at(const CheckedFile& file, dsl::Span name) { return {file.path(name.file), name.begin}; }

std::set<DeclaredAt> declared_at(const CheckedFile& file, const NamePlace& place) {
    std::set<DeclaredAt> result;
    for (const dsl::Span span : place.declared) result.insert(declared_at(file, span));
    return result;
}

bool is_local(NameKind kind) { return kind == NameKind::alias || kind == NameKind::variable; }

bool means_same(const CheckedFile& file, const NamePlace& place, const NamePlace& asked,
                const std::set<DeclaredAt>& targets) {
    if (targets.empty()) return place.declared.empty() && place.kind == asked.kind && place.name == asked.name;
    if ((place.kind == NameKind::family) != (asked.kind == NameKind::family)) return false;
    return std::any_of(place.declared.begin(), place.declared.end(),
                       [&](dsl::Span span) { return targets.contains(declared_at(file, span)); });
}

std::vector<FoundName> highlights(const CheckedFile& file, std::uint32_t offset) {
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    const NamePlace* asked = place_at(places, offset);
    std::vector<FoundName> found;
    if (asked == nullptr) return found;
    const std::set<DeclaredAt> targets = declared_at(file, *asked);
    for (const NamePlace& place : places)
        if (means_same(file, place, *asked, targets)) found.push_back(found_name(file, place));
    return found;
}

std::vector<FoundName> definitions(const CheckedFile& file, std::uint32_t offset) {
    const std::optional<NamePlace> asked = meant_at(file, offset);
    std::vector<FoundName> found;
    if (!asked) return found;
    for (const dsl::Span span : asked->declared) found.push_back({file.path(span.file), span.begin, span.end, true});
    return found;
}

std::vector<FoundName> references(Workspace& workspace, const std::string& path, std::uint32_t offset,
                                  bool with_declarations) {
    std::vector<FoundName> found;
    const CheckedFile* own = workspace.checked(path);
    if (own == nullptr) return found;
    const std::vector<NamePlace> places = name_places(own->model, own->tree);
    const NamePlace* asked = place_at(places, offset);
    if (asked == nullptr) return found;
    const std::set<DeclaredAt> targets = declared_at(*own, *asked);
    add_names(*own, *asked, targets, found);
    for (const std::string& other : workspace.paths()) {
        if (other == path || is_local(asked->kind)) continue;
        const std::optional<std::string> text = workspace.text(other);
        if (!text || text->find(asked->name) == std::string::npos) continue;
        if (const auto file = workspace.check_quickly(other)) add_names(*file, *asked, targets, found);
    }
    if (with_declarations)
        for (const dsl::Span span : asked->declared)
            if (own->sources.file(span.file).standard && span.file != own->root)
                found.push_back({own->path(span.file), span.begin, span.end, true});
    if (!with_declarations) std::erase_if(found, [](const FoundName& one) { return one.declares; });
    std::sort(found.begin(), found.end(), [](const FoundName& a, const FoundName& b) {
        return std::pair(a.path, a.begin) < std::pair(b.path, b.begin);
    });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

} // namespace watchword::desk
