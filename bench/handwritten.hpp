// The six policies of w6.watch, written out by hand: what a programmer gets who compiles the policies in, keeps no
// explanation of an alert, and resolves no name. The lower bound that the engine is measured against.
#pragma once

#include "bench/plain_event.hpp"
#include "runtime/large_memory.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace watchword::bench {

class Handwritten {
public:
    explicit Handwritten(std::size_t people);
    ~Handwritten();
    /// Two steps to what `push` reads of the person, each of which asks the processor for what the next one reads.
    void prefetch(const PlainEvent& event) const;
    void prefetch_inside(const PlainEvent& event) const;
    void push(const PlainEvent& event, std::uint32_t index);
    const std::vector<PlainAlert>& alerts() const { return alerts_; }

private:
    struct Person;
    void copy(Person& person, const PlainEvent& event, std::uint32_t index);
    void everyday_hit(Person& person, const PlainEvent& event, std::uint32_t index, unsigned hits);

    std::vector<Person, runtime::LargeAllocator<Person>> people_; ///< in huge pages, as the engine's state
    std::vector<PlainAlert> alerts_;
};

} // namespace watchword::bench
