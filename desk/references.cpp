// Names are looked for in the files that have them somewhere in their text.
#include "desk/references.hpp"

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

} // namespace

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
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    const NamePlace* asked = place_at(places, offset);
    std::vector<FoundName> found;
    if (asked == nullptr) return found;
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
