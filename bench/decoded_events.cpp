#include "bench/decoded_events.hpp"

#include "dsl/compiler.hpp"
#include "stdlib/functions/functions.hpp"
#include "stdlib/sources/input.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

namespace watchword::bench {

std::string_view DecodedEvents::keep(std::string_view text) {
    if (text.data() == nullptr) return text;
    char* const kept = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::copy(text.begin(), text.end(), kept);
    return {kept, text.size()};
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
            std::pmr::polymorphic_allocator<> memory{&memory_};
            runtime::Event& event = *memory.new_object<runtime::Event>(batch[i].event);
            const runtime::EventSchema& schema = program.events[event.type];
            runtime::Value* const fields = memory.allocate_object<runtime::Value>(schema.slots);
            std::uninitialized_copy_n(event.fields, schema.slots, fields);
            event.fields = fields;
            event.id = keep(event.id);
            event.subject = keep(event.subject);
            for (const runtime::Field& field : schema.fields) {
                if (field.slot == runtime::no_slot) continue;
                runtime::Value& value = fields[field.slot];
                const bool text = runtime::is_textual(field.type.kind) || field.type.kind == runtime::Kind::person;
                if (text && value.present()) value = runtime::Value::of(keep(value.text()));
            }
            events_.push_back(&event);
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
