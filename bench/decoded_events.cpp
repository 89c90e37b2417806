#include "bench/decoded_events.hpp"

#include "dsl/compiler.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/sources/input.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace watchword::bench {

namespace {

constexpr std::size_t block_values = 1 << 16;

} // namespace

std::string_view DecodedEvents::keep(std::string_view text) {
    if (text.data() == nullptr) return text;
    const auto known = known_.find(text);
    if (known != known_.end()) return *known;
    return *known_.insert(texts_.emplace_back(text)).first;
}

DecodedEvents::DecodedEvents(const runtime::Program& program, const std::string& path) {
    stdlib::InputOptions options;
    options.inputs.push_back({path, ""});
    options.sorted = true;
    stdlib::Input input(program, options, [](const runtime::RosterEntry&) { return std::string{}; });
    if (!input.open()) {
        std::fprintf(stderr, "%s cannot be read\n", path.c_str());
        std::exit(3);
    }
    std::array<stdlib::InputEvent, 256> batch;
    while (const std::size_t count = input.next(batch))
        for (std::size_t i = 0; i < count; ++i) {
            runtime::Event event = batch[i].event;
            const runtime::EventSchema& schema = program.events[event.type];
            if (fields_.empty() || fields_.back().size() + schema.slots > block_values)
                fields_.emplace_back().reserve(block_values);
            const std::size_t first = fields_.back().size();
            fields_.back().insert(fields_.back().end(), event.fields, event.fields + schema.slots);
            for (const runtime::Field& field : schema.fields) {
                if (field.slot == runtime::no_slot) continue;
                runtime::Value& value = fields_.back()[first + static_cast<std::size_t>(field.slot)];
                const bool text = runtime::is_textual(field.type.kind) || field.type.kind == runtime::Kind::person;
                if (text && value.present()) value = runtime::Value::of(keep(value.text()));
            }
            event.fields = fields_.back().data() + first;
            event.id = texts_.emplace_back(event.id);
            event.subject = keep(event.subject);
            events_.push_back(event);
        }
}

runtime::Program compile_policies(const std::string& text, const std::string& name) {
    dsl::Sources sources;
    const std::vector<std::uint32_t> roots{sources.add(name, text)};
    dsl::CompilerOptions options;
    options.functions = &stdlib::functions();
    options.lint = false;
    dsl::Diagnostics diagnostics;
    auto program = dsl::compile(sources, roots, options, diagnostics);
    if (!program) {
        for (const dsl::Diagnostic& diagnostic : diagnostics.all()) {
            const dsl::Position at = sources.position(diagnostic.span.file, diagnostic.span.begin);
            std::fprintf(stderr, "%s:%u:%u: %s\n", name.c_str(), static_cast<unsigned>(at.line),
                         static_cast<unsigned>(at.column), diagnostic.message.c_str());
        }
        std::exit(2);
    }
    if (const std::string problem = runtime::verify(*program); !problem.empty()) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), problem.c_str());
        std::exit(70);
    }
    return std::move(*program);
}

runtime::Program load_policies(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return compile_policies({std::istreambuf_iterator<char>{file}, {}}, path);
}

} // namespace watchword::bench
