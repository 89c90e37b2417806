// The yardstick: reads with simdjson, and does nothing else with, just those fields that w6.watch asks of each event,
// in the order in which they stand. Usage: bench_read_only FILE
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <simdjson.h>
#include <string_view>
#include <vector>

namespace {

/// Everything read goes in here, so that no reading can be left out by the compiler.
struct Sum {
    std::uint64_t events = 0, bytes = 0, text = 0, removable = 0;
};

void read(simdjson::ondemand::object record, Sum& sum) {
    for (const char* name : {"type", "time", "user", "host", "outcome"})
        sum.text += std::string_view(record.find_field(name)).size();
    sum.bytes += std::uint64_t(record.find_field("bytes"));
    sum.removable += bool(record.find_field("removable")) ? 1U : 0U;
    sum.text += std::string_view(record.find_field("path")).size();
    ++sum.events;
}

constexpr std::size_t block = 1 << 20;

/// Reads whole lines from `file` in blocks; memory stays where it is, so that loading is a copy and no more.
void read(std::FILE* file, Sum& sum) {
    std::vector<char> buffer(block + simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::parser parser;
    std::size_t held = 0;
    for (std::size_t got; (got = std::fread(buffer.data() + held, 1, block - held, file)) != 0;) {
        held += got;
        const std::size_t whole = std::string_view(buffer.data(), held).rfind('\n') + 1;
        simdjson::ondemand::document_stream records;
        if (parser.iterate_many(buffer.data(), whole, block).get(records) != simdjson::SUCCESS) return;
        for (auto record : records) read(record.get_object(), sum);
        std::memmove(buffer.data(), buffer.data() + whole, held - whole);
        held -= whole;
    }
}

} // namespace

int main(int count, char** arguments) {
    std::FILE* file = count == 2 ? std::fopen(arguments[1], "rb") : nullptr;
    if (file == nullptr) {
        std::fputs("usage: bench_read_only FILE\n", stderr);
        return 3;
    }
    Sum sum;
    try {
        read(file, sum);
    } catch (const simdjson::simdjson_error& error) {
        std::fprintf(stderr, "%s: %s\n", arguments[1], error.what());
        return 4;
    }
    std::printf("%llu events, %llu bytes copied, %llu to removable media, %llu bytes of text\n",
                static_cast<unsigned long long>(sum.events), static_cast<unsigned long long>(sum.bytes),
                static_cast<unsigned long long>(sum.removable), static_cast<unsigned long long>(sum.text));
    std::fclose(file);
    return 0;
}
