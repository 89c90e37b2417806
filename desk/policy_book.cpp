#include "desk/policy_book.hpp"

#include "dsl/parser.hpp"

#include <algorithm>

namespace watchword::desk {

namespace {

/// What a session has before anything was loaded.
constexpr std::string_view scratch_text = "module session\nuse hr, activity, actions\n";

struct Title {
    std::string operator()(const dsl::ModuleDecl&) const { return "module"; }
    std::string operator()(const dsl::UseDecl&) const { return "use"; }
    std::string operator()(const dsl::EventDecl& of) const { return "event " + of.name.text(); }
    std::string operator()(const dsl::SubjectDecl& of) const { return "subject " + of.name.text; }
    std::string operator()(const dsl::ListDecl& of) const { return "list " + of.name.text; }
    std::string operator()(const dsl::TableDecl& of) const { return "table " + of.name.text; }
    std::string operator()(const dsl::LetDecl& of) const { return "let " + of.name.text; }
    std::string operator()(const dsl::DefineDecl& of) const { return "define " + of.name.text; }
    std::string operator()(const dsl::CalendarDecl& of) const { return "calendar " + of.name.text; }
    std::string operator()(const dsl::BaselineDecl& of) const { return "baseline " + of.name.text; }
    std::string operator()(const dsl::ActionDecl& of) const { return "action " + of.name.text; }
    std::string operator()(const dsl::SignalDecl& of) const { return "signal " + of.name.text; }
    std::string operator()(const dsl::PolicyDecl& of) const { return "policy " + of.name.text; }
    std::string operator()(const dsl::RiskDecl&) const { return "risk"; }
    std::string operator()(const dsl::SourceDecl& of) const { return "source " + of.name.text; }
    std::string operator()(const dsl::TestDecl& of) const { return "test \"" + of.title.text + "\""; }
};

dsl::Tree parse_alone(std::string_view text, dsl::Sources& sources, bool& fine) {
    dsl::Diagnostics diagnostics;
    dsl::Tree tree = dsl::parse(sources, sources.add("entered", std::string(text)), diagnostics);
    fine = !diagnostics.failed();
    return tree;
}

bool stands_alone(const std::string& title) {
    return title != "module" && title != "use" && title != "subject employee";
}

} // namespace

std::string title_of(const dsl::Declaration& declaration) { return std::visit(Title{}, declaration.node); }

PolicyBook::PolicyBook(dsl::CompilerOptions options) : options_(std::move(options)) {
    files_.push_back({std::string(scratch_name), std::string(scratch_text), false});
}

void PolicyBook::put(const std::string& name, std::string text) {
    if (!is_loaded()) files_.clear();
    const auto known = std::find_if(files_.begin(), files_.end(), [&](const File& file) { return file.name == name; });
    current_ = static_cast<std::size_t>(known - files_.begin());
    if (known == files_.end())
        files_.push_back({name, std::move(text), false});
    else
        *known = {name, std::move(text), false};
}

void PolicyBook::restore(State state) { std::tie(files_, current_) = std::move(state); }

void PolicyBook::replace(const std::string& file, std::uint32_t begin, std::uint32_t end, std::string_view text) {
    for (File& candidate : files_) {
        if (candidate.name != file) continue;
        candidate.text.replace(begin, end - begin, text);
        candidate.entered = true;
    }
}

std::vector<std::string> PolicyBook::declare(std::string_view text) {
    dsl::Sources sources;
    bool fine = false;
    const dsl::Tree entered = parse_alone(text, sources, fine);
    std::vector<std::string> titles;
    if (!fine) return titles;
    for (const dsl::Declaration& declaration : entered.declarations) {
        const std::string title = title_of(declaration);
        if (title == "module") continue;
        const std::string written{sources.text(declaration.span)};
        titles.push_back(title);
        bool replaced = false;
        for (std::size_t i = 0; i < files_.size() && !replaced && stands_alone(title); ++i) {
            dsl::Sources own;
            const dsl::Tree tree = parse_alone(files_[i].text, own, fine);
            for (const dsl::Declaration& known : tree.declarations) {
                if (replaced || title_of(known) != title) continue;
                replace(files_[i].name, known.span.begin, known.span.end, written);
                replaced = true;
            }
        }
        if (replaced) continue;
        File& file = files_[current_];
        file.entered = true;
        if (title != "use") {
            file.text += "\n" + written + "\n";
            continue;
        }
        // modules are named first, behind the file's own
        dsl::Sources own;
        const dsl::Tree tree = parse_alone(file.text, own, fine);
        const bool has_module = !tree.declarations.empty() && title_of(tree.declarations.front()) == "module";
        file.text.insert(has_module ? tree.declarations.front().span.end : 0,
                         (has_module ? "\n" : "") + written + (has_module ? "" : "\n"));
    }
    return titles;
}

std::unique_ptr<Compiled> PolicyBook::compile(std::string_view extra, bool parts) const {
    auto compiled = std::make_unique<Compiled>();
    for (std::size_t i = 0; i < files_.size(); ++i) {
        std::string text = files_[i].text;
        if (i == current_ && !extra.empty()) text += "\n" + std::string(extra) + "\n";
        compiled->roots.push_back(compiled->sources.add(files_[i].name, std::move(text)));
    }
    compiled->model = dsl::check(compiled->sources, compiled->roots, options_, compiled->diagnostics);
    if (compiled->diagnostics.failed()) return compiled;
    compiled->program = dsl::lower(*compiled->model, parts, compiled->diagnostics);
    if (compiled->program && !runtime::verify(*compiled->program).empty()) compiled->program.reset();
    return compiled;
}

} // namespace watchword::desk
