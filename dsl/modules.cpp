// Which files take part: the roots, and what they `use`, each once. A cycle of `use` is fine. Knows nothing of names
// inside the files.
#include "dsl/checking.hpp"

#include "dsl/parser.hpp"
#include "runtime/civil.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

struct LoadedFile {
    Tree tree;
    std::string module, zone;
    Span zone_span;        ///< where the zone is said, or the file is named; empty: neither
    bool has_zone = false; ///< it says one
    bool is_root = false, is_standard = false;
    bool is_named = false; ///< by a `module` line, and not only by its file's name
    struct Use {
        std::uint32_t file = none; ///< index in `files`
        std::string alias;
    };
    std::vector<Use> uses;
};

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

std::string stem_of(std::string_view path) {
    path = path.substr(folder_of(path).size());
    return std::string(path.substr(0, path.find('.')));
}

class ModuleLoader {
public:
    explicit ModuleLoader(Checking& checking) : checking_(checking) {}

    void load(std::span<const std::uint32_t> roots) {
        for (const std::uint32_t root : roots) add(root, true, false, "");
        for (std::uint32_t index = 0; index < roots.size(); ++index) follow(index);
        finish();
    }

private:
    std::uint32_t add(std::uint32_t source, bool is_root, bool is_standard, std::string_view name) {
        LoadedFile file;
        ParsedFiles* const parsed = checking_.options.parsed;
        file.tree = parsed != nullptr ? parsed->parse(checking_.sources, source, checking_.diagnostics)
                                      : parse(checking_.sources, source, checking_.diagnostics);
        file.is_root = is_root;
        file.is_standard = is_standard;
        file.module = name.empty() ? stem_of(checking_.sources.file(source).name) : std::string(name);
        file.zone = "UTC";
        read_header(file);
        files_.push_back(std::move(file));
        followed_.push_back(false);
        return static_cast<std::uint32_t>(files_.size() - 1);
    }

    void read_header(LoadedFile& file) {
        const ModuleDecl* header = nullptr;
        for (const Declaration& declaration : file.tree.declarations) {
            const auto* module = std::get_if<ModuleDecl>(&declaration.node);
            if (module == nullptr) continue;
            if (header != nullptr) {
                checking_.diagnostics.add(Code::declared_twice, module->name.span, "the file names its module twice")
                    .notes.push_back({header->name.span, "first here"});
                continue;
            }
            header = module;
            file.module = module->name.text;
            file.is_named = true;
            file.zone_span = module->zone ? module->zone->span : module->name.span;
            if (!module->zone) continue;
            file.has_zone = true;
            if (runtime::is_zone(module->zone->text)) {
                file.zone = module->zone->text;
            } else {
                Diagnostic& diagnostic =
                    checking_.diagnostics.add(Code::bad_literal, module->zone->span,
                                              fmt::format("{} is not a time zone", quoted(module->zone->text)));
                diagnostic.help = "zones are named as in `Europe/Berlin` or `UTC`";
            }
        }
    }

    /// Loads what a file uses, dependencies first. Depth is bounded by the number of files.
    void follow(std::uint32_t index) {
        if (followed_[index]) return;
        followed_[index] = true;
        std::vector<UseDecl::Item> items;
        for (const Declaration& declaration : files_[index].tree.declarations)
            if (const auto* use = std::get_if<UseDecl>(&declaration.node))
                items.insert(items.end(), use->items.begin(), use->items.end());
        for (const UseDecl::Item& item : items) {
            const std::uint32_t used = find(index, item.module);
            if (used == none || used == index) continue;
            const std::string alias = item.alias ? item.alias->text : "";
            files_[index].uses.push_back({used, alias});
            follow(used);
        }
        order_.push_back(index);
    }

    std::uint32_t find(std::uint32_t from, const Name& module) {
        // a file that only happens to be called like a standard module does not hide it
        const bool is_standard =
            std::any_of(checking_.options.modules.begin(), checking_.options.modules.end(),
                        [&](const StandardModule& standard) { return standard.name == module.text; });
        for (std::uint32_t index = 0; index < files_.size(); ++index) {
            const LoadedFile& file = files_[index];
            const bool may_be_meant = file.is_standard || (file.is_root && (file.is_named || !is_standard));
            if (may_be_meant && file.module == module.text) return index;
        }
        for (const StandardModule& standard : checking_.options.modules) {
            if (standard.name != module.text) continue;
            const std::uint32_t source =
                checking_.sources.add("<" + module.text + ">", std::string(standard.text), true);
            return add(source, false, true, module.text);
        }
        return find_file(from, module);
    }

    std::uint32_t find_file(std::uint32_t from, const Name& module) {
        const std::string asking = checking_.sources.file(files_[from].tree.file).name;
        const std::string path = folder_of(asking) + module.text + ".watch";
        for (std::uint32_t index = 0; index < files_.size(); ++index)
            if (checking_.sources.file(files_[index].tree.file).name == path) return index;
        if (module.text.find('/') == std::string::npos && checking_.options.read) {
            if (std::optional<std::string> text = checking_.options.read(module.text + ".watch", asking))
                return add(checking_.sources.add(path, std::move(*text)), false, false, "");
        }
        Diagnostic& diagnostic = checking_.diagnostics.add(Code::unknown_module, module.span,
                                                           fmt::format("unknown module {}", quoted(module.text)));
        diagnostic.label = "no such module";
        std::vector<std::string_view> names;
        for (const StandardModule& standard : checking_.options.modules) names.push_back(standard.name);
        suggest(diagnostic, module, names);
        if (diagnostic.help.empty())
            diagnostic.help = fmt::format("a module of your own is read from `{}`, beside this file", path);
        return none;
    }

    /// One zone is that of all: of people whose own is not known and of times in records. A file without policies that
    /// says none has that of the others.
    void settle_zone() {
        const auto has_policies = [](const LoadedFile& file) {
            return std::any_of(file.tree.declarations.begin(), file.tree.declarations.end(),
                               [](const auto& one) { return std::holds_alternative<PolicyDecl>(one.node); });
        };
        const LoadedFile* first = nullptr;
        for (const LoadedFile& file : files_) {
            if (!file.is_root || file.is_standard || !(file.has_zone || has_policies(file))) continue;
            if (first == nullptr) first = &file;
            if (file.zone == first->zone) continue;
            const Span at = file.zone_span.begin != file.zone_span.end ? file.zone_span : Span{file.tree.file, 0, 0};
            Diagnostic& diagnostic =
                checking_.diagnostics.add(Code::zones_differ, at,
                                          fmt::format("the zone is {} here and {} in `{}`", file.zone, first->zone,
                                                      checking_.sources.file(first->tree.file).name));
            diagnostic.help =
                "policies that are run together have one zone: say `module NAME zone \"…\"`, or run them apart";
        }
        if (first == nullptr) return;
        checking_.model.zone = first->zone;
        for (LoadedFile& file : files_)
            if (!file.has_zone) file.zone = first->zone;
    }

    void finish() {
        settle_zone();
        std::stable_partition(order_.begin(), order_.end(),
                              [&](std::uint32_t index) { return files_[index].is_standard; });
        std::vector<std::uint32_t> place(files_.size(), none);
        for (std::uint32_t position = 0; position < order_.size(); ++position) place[order_[position]] = position;
        for (const std::uint32_t index : order_) {
            LoadedFile& file = files_[index];
            ModuleScope scope;
            scope.is_root = file.is_root;
            scope.folder = folder_of(checking_.sources.file(file.tree.file).name);
            for (const LoadedFile::Use& use : file.uses) scope.imports.push_back({place[use.file], use.alias});
            checking_.scopes.push_back(std::move(scope));
            checking_.model.infos.emplace_back(file.tree.exprs.size());
            checking_.model.modules.push_back(file.module);
            checking_.model.zones.push_back(file.zone);
            checking_.model.trees.push_back(std::move(file.tree));
        }
    }

    Checking& checking_;
    std::vector<LoadedFile> files_;
    std::vector<bool> followed_;
    std::vector<std::uint32_t> order_;
};

} // namespace

void load_modules(Checking& checking, std::span<const std::uint32_t> roots) { ModuleLoader(checking).load(roots); }

} // namespace watchword::dsl
