// SPDX-License-Identifier: MIT
/// @file
/// From keys to slots: `boost::unordered_flat_set` of slot addresses, whose keys stand in the rows, grown
/// without ever stopping the tick.
///
/// A flat set that doubles moves everything at once (22 ms at 860,000 rows). Here a large map is many sets
/// ("parts") of at most 12,000 slots, chosen by bits of the hash that the sets themselves do not use. When
/// all parts together are full, twice as many are begun and each insert moves a few slots over; until the
/// last has moved, a search looks in both. Linear hashing (Litwin, VLDB 1980) is the same idea for disks.
#pragma once

#include <holdfast/table/key.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <memory>

namespace holdfast {
namespace detail {

/// Where the fields of a key lie in a slot, in bytes from its start.
template <class... Fields> struct key_place {
    std::array<std::uint32_t, sizeof...(Fields)> offsets{};

    [[nodiscard]] key_view<Fields...> view(const void* slot) const noexcept {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return key_view<Fields...>(key_part<Fields>::of(
                *reinterpret_cast<const Fields*>(static_cast<const std::byte*>(slot) + offsets[I]))...);
        }(std::index_sequence_for<Fields...>{});
    }
};

template <class... Fields> struct slot_hash {
    using is_transparent = void;
    using is_avalanching = void;
    key_place<Fields...> place;

    std::size_t operator()(const key_probe<Fields...>& probe) const noexcept { return probe.hash; }
    std::size_t operator()(const void* slot) const noexcept { return key_probe<Fields...>::hash_of(place.view(slot)); }
};

template <class... Fields> struct slot_equal {
    using is_transparent = void;
    key_place<Fields...> place;

    bool operator()(const key_probe<Fields...>& probe, const void* slot) const noexcept {
        return probe.parts == place.view(slot);
    }
    bool operator()(const void* slot, const key_probe<Fields...>& probe) const noexcept {
        return probe.parts == place.view(slot);
    }
    bool operator()(const void* a, const void* b) const noexcept { return a == b || place.view(a) == place.view(b); }
};

} // namespace detail

/// A set of slots, searched by the key that stands in their rows. One instantiation per list of key types.
///
/// Cost: 12 to 24 bytes a slot; a search is one hash and one probe; no insert moves more than a few
/// thousand slots. Threads: the one that edits.
template <class... Fields> class key_map {
    using part = boost::unordered_flat_set<void*, detail::slot_hash<Fields...>, detail::slot_equal<Fields...>>;

public:
    using probe = key_probe<Fields...>;

    explicit key_map(const detail::key_place<Fields...>& place) : place_(place) { begin(current_, 1); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The slot whose key equals the probe's, or null.
    [[nodiscard]] void* find(const probe& key) const noexcept {
        if (moving()) [[unlikely]]
            return find_while_moving(key);
        return find_in(current_, key);
    }

    /// Makes sure that the `link` of a key with this hash that follows allocates nothing.
    void prepare(std::uint64_t hash) {
        if (size_ >= current_.count * part_slots && !moving()) grow();
        for (int i = 0; i < moves_per_insert && moving(); ++i) move_one();
        make_room(part_of(current_, hash));
    }

    /// Adds a slot; `prepare` was called for its hash. False when an equal key is there: nothing changed.
    bool link(void* slot, std::uint64_t hash) {
        if (moving() && find_in(old_, probe(place_.view(slot))) != nullptr) return false;
        const bool added = part_of(current_, hash).insert(slot).second;
        size_ += added ? 1 : 0;
        return added;
    }

    /// Takes out the slot that the probe finds.
    void unlink(const probe& key) noexcept {
        part& home = part_of(current_, key.hash);
        if (const auto found = home.find(key); found != home.end()) {
            home.erase(found);
        } else {
            part& old = part_of(old_, key.hash);
            const auto left = old.find(key);
            if (left == next_) ++next_;
            old.erase(left);
        }
        --size_;
    }

    /// Puts `slot`, of an equal key, in the place of the one that the probe finds.
    void replace(const probe& key, void* slot) noexcept {
        part* home = &part_of(current_, key.hash);
        auto found = home->find(key);
        if (found == home->end()) found = part_of(old_, key.hash).find(key);
        const_cast<void*&>(*found) = slot; // hash and equality are those of the key, which is the same
    }

    /// Makes room for `slots` in all. Only before the game starts: it allocates in proportion.
    void reserve(std::size_t slots) {
        std::size_t count = 1;
        while (count * part_slots < slots) count *= 2;
        if (count <= current_.count && count > 1) return;
        if (size_ != 0 && count != current_.count) return;
        if (count != current_.count) begin(current_, count);
        for (std::size_t i = 0; i < count; ++i) current_.parts[i].reserve(count == 1 ? slots : part_slots);
    }

private:
    static constexpr std::size_t part_slots = 12'000; // under the 13,440 at which a set of 15,360 places doubles
    static constexpr int moves_per_insert = 4;

    struct generation {
        std::unique_ptr<part[]> parts;
        std::size_t count = 0;
    };

    [[nodiscard]] bool moving() const noexcept { return old_.count != 0; }

    static part& part_of(const generation& from, std::uint64_t hash) noexcept {
        if (from.count == 1) return from.parts[0];
        return from.parts[(hash >> 8) & (from.count - 1)];
    }

    [[nodiscard]] static void* find_in(const generation& where, const probe& key) noexcept {
        const part& home = part_of(where, key.hash);
        const auto found = home.find(key);
        return found != home.end() ? *found : nullptr;
    }

    /// Looks first where the key's slot more likely is: in the old parts until theirs has been moved.
    [[nodiscard]] void* find_while_moving(const probe& key) const noexcept {
        const std::size_t old_part = (key.hash >> 8) & (old_.count - 1);
        if (old_part < moved_parts_) return find_in(current_, key);
        if (void* found = find_in(old_, key)) return found;
        return find_in(current_, key);
    }

    void begin(generation& fresh, std::size_t count) const {
        std::unique_ptr<part[]> parts(new part[count]);
        for (std::size_t i = 0; i < count; ++i) parts[i] = empty_part();
        fresh.parts = std::move(parts);
        fresh.count = count;
    }

    [[nodiscard]] part empty_part() const {
        return part(0, detail::slot_hash<Fields...>{place_}, detail::slot_equal<Fields...>{place_});
    }

    void make_room(part& home) const {
        if (home.size() + 1 <= home.max_load()) return;
        home.reserve(current_.count > 1 && home.size() < part_slots ? part_slots : home.size() + 1);
    }

    void grow() {
        generation fresh;
        begin(fresh, current_.count * 2);
        old_ = std::move(current_);
        current_ = std::move(fresh);
        moved_parts_ = 0;
        next_ = old_.parts[0].begin();
    }

    void move_one() {
        part& from = old_.parts[moved_parts_];
        if (next_ != from.end()) {
            void* slot = *next_;
            const std::uint64_t hash = key_probe<Fields...>::hash_of(place_.view(slot));
            part& to = part_of(current_, hash);
            make_room(to);
            to.insert(slot);
            from.erase(next_++);
            return;
        }
        from = empty_part();
        if (++moved_parts_ == old_.count)
            old_ = generation{};
        else
            next_ = old_.parts[moved_parts_].begin();
    }

    detail::key_place<Fields...> place_;
    generation current_;
    generation old_;
    std::size_t size_ = 0;
    std::size_t moved_parts_ = 0;
    typename part::iterator next_{};
};

} // namespace holdfast
