#include "desk/policy_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watchword::desk {

namespace {

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

} // namespace

PolicyText::PolicyText(const dsl::Sources& sources, std::vector<std::uint32_t> roots, dsl::CompilerOptions options)
    : roots_(std::move(roots)), options_(std::move(options)) {
    dsl::Diagnostics unused;
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
        files_.push_back(sources.file(i));
        std::string& text = without_tests_.emplace_back(files_.back().text);
        for (const dsl::Declaration& declaration : dsl::parse(sources, i, unused).declarations)
            if (std::holds_alternative<dsl::TestDecl>(declaration.node))
                std::fill(text.begin() + declaration.span.begin, text.begin() + declaration.span.end, ' ');
    }
}

std::string_view PolicyText::text(runtime::SourceSpan span) const {
    if (span.file >= files_.size() || span.end > files_[span.file].text.size()) return {};
    return std::string_view{files_[span.file].text}.substr(span.begin, span.end - span.begin);
}

std::string PolicyText::place(runtime::SourceSpan span) const {
    if (span.file >= files_.size()) return "?";
    const std::string_view before = std::string_view{files_[span.file].text}.substr(0, span.begin);
    return fmt::format("{}:{}", files_[span.file].name, 1 + std::count(before.begin(), before.end(), '\n'));
}

std::optional<runtime::Program> PolicyText::compile(const std::vector<Replacement>& replacements, bool parts) const {
    std::vector<std::string> texts = without_tests_;
    std::vector<const Replacement*> last_first;
    for (const Replacement& replacement : replacements) last_first.push_back(&replacement);
    std::sort(last_first.begin(), last_first.end(),
              [](const Replacement* a, const Replacement* b) { return a->span.begin > b->span.begin; });
    for (const Replacement* one : last_first)
        texts[one->span.file].replace(one->span.begin, one->span.end - one->span.begin, one->text);

    dsl::Sources sources;
    for (const std::uint32_t root : roots_) sources.add(files_[root].name, texts[root], files_[root].standard);
    std::vector<std::uint32_t> roots(roots_.size());
    for (std::uint32_t i = 0; i < roots.size(); ++i) roots[i] = i;
    const auto known = [&](const std::string& name) -> const std::string* {
        for (std::size_t i = 0; i < files_.size(); ++i)
            if (files_[i].name == name) return &texts[i];
        return nullptr;
    };
    std::vector<dsl::StandardModule> modules(options_.modules.begin(), options_.modules.end());
    for (dsl::StandardModule& module : modules)
        if (const std::string* text = known(fmt::format("<{}>", module.name))) module.text = *text;
    dsl::CompilerOptions options = options_;
    options.modules = modules;
    options.lint = options.tests = false;
    options.parts = parts;
    options.parsed = &parsed_;
    options.read = [&](std::string_view name, std::string_view from) -> std::optional<std::string> {
        if (const std::string* text = known(folder_of(from) + std::string(name))) return *text;
        const auto key = std::make_pair(std::string(name), std::string(from));
        const auto found = read_.find(key);
        if (found != read_.end()) return found->second;
        std::optional<std::string> text = options_.read ? options_.read(name, from) : std::nullopt;
        return read_.emplace(key, std::move(text)).first->second;
    };
    dsl::Diagnostics diagnostics;
    std::optional<runtime::Program> program = dsl::compile(sources, roots, options, diagnostics);
    if (!program || !runtime::verify(*program).empty()) return std::nullopt;
    return program;
}

} // namespace watchword::desk
