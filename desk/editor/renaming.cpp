// What belongs together is renamed together: a field of two events that one condition reads is one name. Whether the
// outcome means the same is not argued but tried: the changed texts are checked, and every name in them is compared.
#include "desk/editor/renaming.hpp"

#include "desk/editor/references.hpp"
#include "dsl/expression_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::desk {

namespace {

std::string problem_of(const CheckedFile& file, const NamePlace* place) {
    if (place == nullptr) return "there is no name here";
    switch (place->kind) {
    case NameKind::module:
        return "a module is called as its file; rename that";
    case NameKind::family:
        return fmt::format("`{}.*` names no single event", place->name);
    case NameKind::type:
    case NameKind::function:
    case NameKind::windowed:
    case NameKind::built_in:
        return fmt::format("`{}` is part of the language", place->name);
    default:
        break;
    }
    if (place->declared.empty()) return fmt::format("`{}` is not declared", place->name);
    for (const dsl::Span span : place->declared)
        if (file.sources.file(span.file).standard)
            return fmt::format("`{}` is declared in the standard module {}", place->name, file.path(span.file));
    return {};
}

/// As it has to be written, or a problem.
std::optional<std::string> written_name(NameKind kind, const std::string& name) {
    std::string result;
    std::string_view rest = name;
    while (true) {
        const std::size_t dot = kind == NameKind::event ? rest.find('.') : std::string_view::npos;
        const std::string part{rest.substr(0, dot)};
        // the printer puts what cannot be a name between backquotes
        if (part.empty() || dsl::name_text(dsl::Name{part, {}}) != part) return std::nullopt;
        result += (result.empty() ? "" : ".") + part;
        if (dot == std::string_view::npos) return result;
        rest.remove_prefix(dot + 1);
    }
}

class Renamer {
public:
    Renamer(Workspace& workspace, const std::string& path, NamePlace asked, std::string name)
        : workspace_(workspace), path_(path), asked_(std::move(asked)), name_(std::move(name)) {}

    Renaming run(const CheckedFile& own) {
        targets_ = declared_at(own, asked_);
        read_files();
        while (widen() && renaming_.problem.empty()) {
        }
        if (renaming_.problem.empty()) make_changes();
        if (renaming_.problem.empty()) compare();
        if (!renaming_.problem.empty()) renaming_.changes.clear();
        return std::move(renaming_);
    }

private:
    struct File {
        std::unique_ptr<CheckedFile> checked;
        std::vector<NamePlace> places;
    };

    /// Those that have the old name or the new one.
    void read_files() {
        std::vector<std::string> paths = workspace_.paths();
        if (is_local(asked_.kind)) paths.clear();
        if (std::find(paths.begin(), paths.end(), path_) == paths.end()) paths.push_back(path_);
        for (const std::string& path : paths) {
            const std::optional<std::string> text = workspace_.text(path);
            const bool concerned =
                text && (text->find(asked_.name) != std::string::npos || text->find(name_) != std::string::npos);
            if (!concerned) continue;
            File file{workspace_.check_quickly(path), {}};
            if (!file.checked) continue;
            file.places = name_places(file.checked->model, file.checked->tree);
            files_.emplace(path, std::move(file));
        }
    }

    /// Adds what some name means beside the targets; true if that was something.
    bool widen() {
        const std::size_t before = targets_.size();
        for (const auto& [path, file] : files_)
            for (const NamePlace& place : file.places) {
                if (place.kind == NameKind::family || !means_same(*file.checked, place, asked_, targets_)) continue;
                targets_.merge(declared_at(*file.checked, place));
                if (std::string problem = problem_of(*file.checked, &place); !problem.empty())
                    renaming_.problem = std::move(problem);
            }
        return targets_.size() != before;
    }

    void make_changes() {
        for (const auto& [path, file] : files_) {
            if (path.starts_with("<")) continue;
            for (const NamePlace& place : file.places) {
                if (place.kind == NameKind::family || !means_same(*file.checked, place, asked_, targets_)) continue;
                if (place.kind == NameKind::column && place.declares && !has_header(*file.checked, place)) {
                    renaming_.problem =
                        fmt::format("the column is read by its name: give it `from \"{}\"` first", place.name);
                    return;
                }
                renaming_.changes[path].push_back({place.span.begin, place.span.end, name_});
            }
        }
    }

    static bool has_header(const CheckedFile& file, const NamePlace& place) {
        for (const dsl::Declaration& declaration : file.model.trees[file.tree].declarations) {
            const auto* source = std::get_if<dsl::SourceDecl>(&declaration.node);
            if (source == nullptr) continue;
            for (const dsl::Column& column : source->columns)
                if (column.name.span == place.span) return !column.headers.empty();
        }
        return true; // of a table, where the file's header line is compared and said to be wrong
    }

    void compare() {
        Workspace trial = workspace_.copy();
        for (const auto& [path, changes] : renaming_.changes) {
            std::string text = files_.at(path).checked->text();
            for (auto change = changes.rbegin(); change != changes.rend(); ++change)
                text.replace(change->begin, change->end - change->begin, change->text);
            trial.open(path, std::move(text));
        }
        for (const auto& [path, before] : files_) {
            const std::unique_ptr<CheckedFile> after = trial.check_quickly(path);
            if (after && means_as_before(before, *after)) continue;
            renaming_.problem =
                fmt::format("`{}` would mean something else in {}, or what is called so now would", name_, path);
            return;
        }
    }

    bool means_as_before(const File& before, const CheckedFile& after) const {
        if (after.diagnostics.errors() > before.checked->diagnostics.errors()) return false;
        const std::vector<NamePlace> places = name_places(after.model, after.tree);
        if (places.size() != before.places.size()) return false;
        for (std::size_t index = 0; index < places.size(); ++index) {
            const NamePlace& old = before.places[index];
            if (places[index].kind != old.kind || places[index].declared.size() != old.declared.size()) return false;
            std::set<DeclaredAt> expected;
            for (const dsl::Span span : old.declared) expected.insert(moved(declared_at(*before.checked, span)));
            if (expected != declared_at(after, places[index])) return false;
        }
        return true;
    }

    /// Where a declared name is after the change.
    DeclaredAt moved(DeclaredAt at) const {
        const auto changes = renaming_.changes.find(at.first);
        if (changes == renaming_.changes.end()) return at;
        std::int64_t shift = 0;
        for (const Replaced& change : changes->second)
            if (change.begin < at.second)
                shift += static_cast<std::int64_t>(change.text.size()) - (change.end - change.begin);
        at.second = static_cast<std::uint32_t>(at.second + shift);
        return at;
    }

    Workspace& workspace_;
    const std::string& path_;
    NamePlace asked_;
    std::string name_;
    std::set<DeclaredAt> targets_;
    std::map<std::string, File> files_;
    Renaming renaming_;
};

} // namespace

Renamable renamable(const CheckedFile& file, std::uint32_t offset) {
    const std::vector<NamePlace> places = name_places(file.model, file.tree);
    const NamePlace* place = place_at(places, offset);
    Renamable result;
    result.problem = problem_of(file, place);
    if (place == nullptr) return result;
    result.span = place->span;
    result.name = file.sources.text(place->span);
    return result;
}

Renaming rename(Workspace& workspace, const std::string& path, std::uint32_t offset, const std::string& name) {
    Renaming refused;
    const CheckedFile* own = workspace.checked(path);
    if (own == nullptr) return refused;
    const std::vector<NamePlace> places = name_places(own->model, own->tree);
    const NamePlace* place = place_at(places, offset);
    refused.problem = problem_of(*own, place);
    if (!refused.problem.empty()) return refused;
    const std::optional<std::string> written = written_name(place->kind, name);
    if (!written) {
        refused.problem = fmt::format("`{}` cannot be a name: it is no word, or one of the language", name);
        return refused;
    }
    return Renamer{workspace, path, *place, *written}.run(*own);
}

} // namespace watchword::desk
