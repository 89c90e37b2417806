// `watchword doc`: the reference, made of the same tables that the language is made of.
#include "dsl/parser.hpp"
#include "dsl/reference.hpp"
#include "runtime/disassembler.hpp"
#include "runtime/text.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/modules.hpp"
#include "stdlib/replaced_file.hpp"
#include "tools/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>

namespace watchword::tools {

namespace {

using dsl::Page;

struct DocSettings {
    std::vector<std::string> words;
    std::string folder;
};

std::vector<Page> pages_of_modules() {
    std::vector<Page> pages;
    dsl::Sources sources;
    dsl::Diagnostics diagnostics;
    for (const stdlib::Module& module : stdlib::modules()) {
        const std::uint32_t file = sources.add(fmt::format("<{}>", module.name), std::string{module.text}, true);
        std::vector<Page> own = dsl::module_pages(sources, dsl::parse(sources, file, diagnostics));
        std::move(own.begin(), own.end(), std::back_inserter(pages));
    }
    return pages;
}

/// From the table of the listing, so that there is one place that says how an opcode is shown.
std::vector<Page> opcode_pages() {
    const std::string table = runtime::opcode_reference();
    const std::size_t head = table.find("\n| opcode");
    const std::size_t rows = table.find("|---");
    const std::string columns = table.substr(head + 1, table.find('\n', rows) - head);
    std::vector<Page> pages;
    std::size_t at = table.find('\n', rows) + 1;
    for (std::uint16_t i = 0; const runtime::OpcodeRow* row = runtime::opcode_row(static_cast<runtime::Opcode>(i));
         ++i) {
        const std::size_t end = table.find('\n', at) + 1;
        pages.push_back({"opcode",
                         {},
                         std::string{row->name},
                         std::string{row->doc},
                         fmt::format("## opcode `{}`\n\n{}{}", row->name, columns, table.substr(at, end - at))});
        at = end;
    }
    return pages;
}

/// A part of the reference: the word that asks for it, how it begins, which pages are in it.
struct Chapter {
    std::string_view word, heading, file;
    bool (*holds)(const Page& page);
};
constexpr Chapter chapters[] = {
    {"functions",
     "# Functions\n\nWhat a condition can call. Written by `watchword doc` from the table of the functions; each "
     "example "
     "is executed by the tests,\nits value stands behind it.\n",
     "functions.md", [](const Page& page) { return page.kind == "function"; }},
    {"windows",
     "# Windowed values\n\nWhat the `when` of a signal knows of many events. WINDOW is `over 1h`, sliding, or `per "
     "hour`, "
     "`per day`, `per week`.\n",
     "windows.md", [](const Page& page) { return page.kind == "windowed value"; }},
    {"events",
     "# Events\n\nThe event types of the standard modules and the attributes of an employee. Written by `watchword "
     "doc` "
     "from `stdlib/modules`.\nA type with `?` may be absent; a sensitive field is never shown in clear unless a run "
     "was "
     "told to reveal it.\n",
     "events.md", [](const Page& page) { return page.kind == "event" || page.kind == "subject"; }},
    {"diagnostics",
     "# Diagnostics\n\nEvery code that policies can be answered with. Written by `watchword doc` from "
     "`dsl/diagnostics.def`.\n",
     "diagnostics.md", [](const Page& page) { return page.kind == "diagnostic"; }},
    {"opcodes", "", "opcodes.md", [](const Page& page) { return page.kind == "opcode"; }},
    {"lints", "# Lints\n\nWarnings about policies that compile but hardly mean what they say.\n", "",
     [](const Page& page) { return page.kind == "diagnostic" && page.name.starts_with("W05"); }},
    {"modules", "# Standard modules\n\nWhat `use` brings into view.\n", "",
     [](const Page& page) { return page.kind == "module"; }},
};

bool is_named(const Page& page, std::string_view word) {
    return runtime::equal_folded(page.name, word) ||
           (!page.module.empty() && runtime::equal_folded(fmt::format("{}.{}", page.module, page.name), word));
}

class Reference {
public:
    Reference() : pages_(dsl::function_pages(stdlib::functions())) {
        for (std::vector<Page> more :
             {dsl::window_pages(), pages_of_modules(), dsl::diagnostic_pages(), opcode_pages()})
            std::move(more.begin(), more.end(), std::back_inserter(pages_));
    }

    std::string chapter(const Chapter& chapter) const {
        if (chapter.heading.empty()) return runtime::opcode_reference();
        std::string text{chapter.heading};
        std::string_view module;
        for (const Page& page : pages_) {
            if (!chapter.holds(page)) continue;
            if (page.kind != "module" && page.module != module) text += fmt::format("\n# Module `{}`\n", page.module);
            module = page.kind == "module" ? std::string_view{} : std::string_view{page.module};
            text += fmt::format("\n{}", page.text);
        }
        return text;
    }

    /// All pages of that name, in `chapter` unless it is nullptr; empty: there is none.
    std::string named(std::string_view word, const Chapter* chapter) const {
        std::string text;
        for (const Page& page : pages_)
            if ((chapter == nullptr || chapter->holds(page)) && is_named(page, word))
                text += fmt::format("{}{}", text.empty() ? "" : "\n", page.text);
        return text;
    }

    std::vector<std::string> names(const Chapter* chapter) const {
        std::vector<std::string> result;
        for (const Page& page : pages_)
            if (chapter == nullptr || chapter->holds(page)) result.push_back(page.name);
        return result;
    }

private:
    std::vector<Page> pages_;
};

/// `functions`, or `function`.
const Chapter* find_chapter(std::string_view word) {
    const auto* const found = std::find_if(std::begin(chapters), std::end(chapters), [&](const Chapter& one) {
        return one.word == word || one.word.substr(0, one.word.size() - 1) == word;
    });
    return found == std::end(chapters) ? nullptr : found;
}

int show(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return exit_fine;
}

int write_all(const std::string& folder, const Reference& reference, const Context& context) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    for (const Chapter& chapter : chapters) {
        if (chapter.file.empty()) continue;
        const std::filesystem::path path = std::filesystem::path{folder} / chapter.file;
        if (const std::string problem = stdlib::replace_file(path.string(), reference.chapter(chapter));
            !problem.empty())
            return context.misused(problem);
    }
    return exit_fine;
}

int show_contents() {
    std::string text = "watchword doc CHAPTER, watchword doc NAME. The chapters:\n\n";
    for (const Chapter& chapter : chapters) text += fmt::format("- {}\n", chapter.word);
    return show(text);
}

int doc(const DocSettings& settings, const Context& context) {
    if (settings.words.size() > 2) return context.misused("`doc` takes a chapter, a name, or a chapter and a name");
    const Reference reference;
    if (!settings.folder.empty()) {
        if (settings.words.empty()) return write_all(settings.folder, reference, context);
        return context.misused("`--write` writes all chapters; name none");
    }
    if (settings.words.empty()) return show_contents();
    const Chapter* const chapter = find_chapter(settings.words.front());
    const std::string& name = settings.words.back();
    if (chapter != nullptr && settings.words.size() == 1) {
        const std::string also = reference.named(name, nullptr); // such as the module `windows`
        return show(reference.chapter(*chapter) + (also.empty() ? "" : "\n" + also));
    }
    if (chapter == nullptr && settings.words.size() == 2) {
        std::vector<std::string> known;
        for (const Chapter& one : chapters) known.emplace_back(one.word);
        const std::string& word = settings.words.front();
        return context.misused(fmt::format("there is no chapter `{}`{}", word, did_you_mean(word, known)));
    }
    const std::string text = reference.named(name, chapter);
    if (!text.empty()) return show(text);
    std::vector<std::string> known = reference.names(chapter);
    if (chapter == nullptr)
        for (const Chapter& one : chapters) known.emplace_back(one.word);
    return context.misused(fmt::format("nothing is called `{}`{}", name, did_you_mean(name, known)));
}

} // namespace

void add_doc(CLI::App& command, Context& context) {
    auto& settings = context.options<DocSettings>();
    CLI::App* verb = command.add_subcommand("doc", "The reference: functions, events, diagnostics, opcodes, modules");
    verb->add_option(
        "WHAT", settings.words,
        "functions, windows, events, diagnostics, opcodes, lints, modules, a name in one of them, or any name");
    verb->add_option("--write", settings.folder, "Write the chapters as files into this folder");
    context.on(verb, [&] { return doc(settings, context); });
}

} // namespace watchword::tools
