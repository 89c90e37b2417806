// Tests of what must not compile: the same files once more, without tests, with the refused declarations in place.
#include "dsl/checking.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

void blank(std::string& text, std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t at = begin; at < end && at < text.size(); ++at)
        if (text[at] != '\n') text[at] = ' ';
}

/// The file with every test blanked but the body of `kept`: places stay what they are.
std::string without_tests(const Model& model, std::uint32_t tree, const TestDecl* kept) {
    std::string text = model.sources->file(model.trees[tree].file).text;
    for (const Declaration& declaration : model.trees[tree].declarations) {
        const auto* test = std::get_if<TestDecl>(&declaration.node);
        if (test == nullptr) continue;
        const Span whole = declaration.span;
        const Span body = test == kept ? kept->refusal->body : Span{whole.file, whole.end, whole.end};
        blank(text, whole.begin, body.begin);
        blank(text, body.end, whole.end);
    }
    return text;
}

std::string codes_of(const std::set<std::string>& codes) {
    std::string text;
    for (const std::string& code : codes) text += (text.empty() ? "" : ", ") + code;
    return text;
}

} // namespace

RefusalInfo try_refusal(const Checking& checking, DeclRef test) {
    const Model& model = checking.model;
    const auto& declared = model.decl<TestDecl>(test);
    Sources sources;
    std::vector<std::uint32_t> roots;
    for (std::uint32_t tree = 0; tree < model.trees.size(); ++tree) {
        if (!checking.scopes[tree].is_root) continue;
        const TestDecl* kept = tree == test.tree ? &declared : nullptr;
        const SourceFile& file = model.sources->file(model.trees[tree].file);
        roots.push_back(sources.add(file.name, without_tests(model, tree, kept), file.standard));
    }
    CompilerOptions options = checking.options;
    options.tests = false;
    Diagnostics diagnostics;
    check(sources, roots, options, diagnostics);
    diagnostics.sort();

    std::set<std::string> wanted, reported;
    for (const Name& code : declared.refusal->codes) wanted.insert(code.text);
    std::string messages;
    for (const Diagnostic& one : diagnostics.all()) {
        if (row(one.code).severity != Severity::error) continue;
        reported.emplace(row(one.code).code);
        const Position place = sources.position(one.span.file, one.span.begin);
        messages += fmt::format("{}{} in line {}: {}", messages.empty() ? "" : "; ", row(one.code).code, place.line,
                                one.message);
    }
    RefusalInfo result{"refused with " + codes_of(wanted), {}};
    if (reported != wanted) result.actual = reported.empty() ? "it compiles" : messages;
    return result;
}

} // namespace watchword::dsl
