#include "stdlib/sources/block.hpp"

#include <algorithm>
#include <array>

namespace watchword::stdlib {

bool Block::add(std::span<runtime::Event* const> some, const Sharing& sharing) {
    shares.resize(sharing.shares());
    std::array<std::uint32_t, Sharing::together> of;
    while (!some.empty()) {
        const auto now = some.first(std::min(some.size(), of.size()));
        some = some.subspan(now.size());
        sharing.find(now, of.data());
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (of[i] == Sharing::of_many) return false;
            (of[i] == Sharing::of_stranger ? strangers : shares[of[i]]).push_back(now[i]);
            now[i]->position = ++events;
            first = std::min(first, now[i]->time);
            last = now[i]->time;
        }
    }
    return true;
}

void Block::clear() {
    for (std::vector<runtime::Event*>& share : shares) share.clear();
    strangers.clear();
    events = 0;
    first = runtime::never;
    last = runtime::beginning;
}

} // namespace watchword::stdlib
