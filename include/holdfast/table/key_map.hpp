// SPDX-License-Identifier: MIT
/// @file
/// From keys to slots: `boost::unordered_flat_set` of slot addresses, whose keys stand in the rows, grown
/// without ever stopping the tick.
///
/// A flat set that doubles moves everything at once (22 ms at 860,000 rows). Here a large map is many sets
/// ("parts") of some 11,000 slots, chosen by bits of the hash that the sets themselves do not use. When they
/// are full a round begins in which each insert looks at a few slots: one part after the other is split in
/// two, as in linear hashing (Litwin, VLDB 1980), until there are twice as many.
#pragma once

#include <holdfast/table/key.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <vector>

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
/// Cost: 11 to 23 bytes a slot; a search is one hash and one probe; no insert moves more than a part.
/// Threads: the one that edits.
template <class... Fields> class key_map {
    using part = boost::unordered_flat_set<void*, detail::slot_hash<Fields...>, detail::slot_equal<Fields...>>;

public:
    using probe = key_probe<Fields...>;

    explicit key_map(const detail::key_place<Fields...>& place) : place_(place) { parts_.push_back(empty_part()); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The slot whose key equals the probe's, or null.
    [[nodiscard]] void* find(const probe& key) const noexcept {
        const std::size_t home = part_of(key.hash);
        const part& in = parts_[home];
        if (const auto found = in.find(key); found != in.end()) return *found;
        return home == filling_ ? find_left_behind(key) : nullptr;
    }

    /// Makes sure that the `link` of a key with this hash that follows allocates nothing.
    void prepare(std::uint64_t hash) {
        if (!splitting() && size_ >= parts_.size() * part_slots) begin_round();
        for (int i = 0; i < looks_per_insert && splitting(); ++i) move_one();
        make_room(part_of(hash));
    }

    /// Adds a slot; `prepare` was called for its hash. False when an equal key is there: nothing changed.
    bool link(void* slot, const probe& key) {
        const std::size_t home = part_of(key.hash);
        if (home == filling_ && find_left_behind(key) != nullptr) return false;
        const bool added = parts_[home].insert(slot).second;
        size_ += added ? 1 : 0;
        return added;
    }

    /// Takes out the slot that the probe finds.
    void unlink(const probe& key) noexcept {
        const std::size_t home = part_of(key.hash);
        part& in = parts_[home];
        --size_;
        if (const auto found = in.find(key); found != in.end()) return erase(home, found);
        erase(next_split_, parts_[next_split_].find(key));
    }

    /// Puts `slot`, of an equal key, in the place of the one that the probe finds.
    void replace(const probe& key, void* slot) noexcept {
        const std::size_t home = part_of(key.hash);
        auto found = parts_[home].find(key);
        if (found == parts_[home].end()) found = parts_[next_split_].find(key);
        const_cast<void*&>(*found) = slot; // hash and equality are those of the key, which is the same
    }

    /// Makes room for `slots` in all, while the map is empty. Before the game starts: it allocates in proportion.
    void reserve(std::size_t slots) {
        if (size_ != 0) return;
        std::size_t count = 1;
        while (count * part_slots < slots) count *= 2;
        while (parts_.size() < count) parts_.push_back(empty_part());
        count_ = parts_.size();
        mask_ = count_ - 1;
        for (part& one : parts_) one.reserve(parts_.size() == 1 ? slots : part_room);
    }

    /// Which part a hash belongs to: links made part by part find their part in the processor's cache.
    [[nodiscard]] std::size_t part_of(std::uint64_t hash) const noexcept {
        const std::size_t whole = (hash >> 8) & mask_; // the sets use the lowest byte and the highest bits
        return whole < count_ ? whole : whole & (mask_ >> 1);
    }
    [[nodiscard]] std::size_t parts() const noexcept { return parts_.size(); }

private:
    static constexpr std::size_t part_slots = 11'000; ///< Mean size at which splitting begins.
    static constexpr std::size_t part_room = 12'500;  ///< Room a part has: it holds 13,440 before it must double.
    static constexpr int looks_per_insert = 8;        ///< A round ends before parts are an eighth larger.
    static constexpr std::size_t nothing = static_cast<std::size_t>(-1);

    [[nodiscard]] bool splitting() const noexcept { return filling_ != nothing; }

    /// What belongs to the part that is being filled may still stand in the one that is being split.
    [[nodiscard]] void* find_left_behind(const probe& key) const noexcept {
        const part& in = parts_[next_split_];
        const auto found = in.find(key);
        return found != in.end() ? *found : nullptr;
    }

    [[nodiscard]] part empty_part() const {
        return part(0, detail::slot_hash<Fields...>{place_}, detail::slot_equal<Fields...>{place_});
    }

    void erase(std::size_t home, typename part::iterator found) noexcept {
        if (splitting() && home == next_split_ && found == look_next_) ++look_next_;
        parts_[home].erase(found);
    }

    /// A set that erases lowers the size at which it would grow, and grows where it stands: so it is built anew here.
    void make_room(std::size_t home) {
        part& full = parts_[home];
        if (full.size() < full.max_load()) return;
        part roomy = empty_part();
        roomy.reserve(parts_.size() > 1 && full.size() < part_room ? part_room : full.size() * 2 + 8);
        roomy.insert(full.begin(), full.end());
        full = std::move(roomy);
        if (splitting() && home == next_split_) look_next_ = full.begin();
    }

    void begin_round() {
        parts_.reserve(parts_.size() * 2);
        base_ = parts_.size();
        next_split_ = 0;
        begin_split();
        mask_ = base_ * 2 - 1;
    }
    void begin_split() {
        parts_.push_back(empty_part());
        count_ = parts_.size();
        filling_ = count_ - 1;
        look_next_ = parts_[next_split_].begin();
    }

    /// Looks at one slot of the part that is being split, and moves it when it belongs to the new one.
    void move_one() {
        part& from = parts_[next_split_];
        if (look_next_ == from.end()) {
            if (next_split_ + 1 == base_) {
                filling_ = nothing;
            } else {
                ++next_split_;
                begin_split();
            }
            return;
        }
        void* slot = *look_next_;
        if (part_of(probe(place_.view(slot)).hash) != filling_) {
            ++look_next_;
            return;
        }
        make_room(filling_);
        parts_[filling_].insert(slot);
        from.erase(look_next_++);
    }

    detail::key_place<Fields...> place_;
    std::vector<part> parts_; ///< In a round its first `base_` are split one after the other.
    std::size_t count_ = 1;   ///< Of the parts.
    std::size_t mask_ = 0;
    std::size_t filling_ = nothing; ///< The part that the split fills; `nothing`: no round.
    std::size_t size_ = 0;
    std::size_t base_ = 1;
    std::size_t next_split_ = 0;
    typename part::iterator look_next_{}; ///< In the part that is being split.
};

} // namespace holdfast
