// SPDX-License-Identifier: MIT
/// @file
/// From keys to slots: `boost::unordered_flat_set` of slot addresses, whose keys stand in the rows, grown
/// without ever stopping the tick.
///
/// A flat set that doubles moves everything at once (22 ms at 860,000 rows). Here a large map is many sets
/// ("parts") of some 12,000 slots, found in a directory by bits of the hash that the sets themselves do not
/// use. When they are full the directory doubles, as in extendible hashing (Fagin et al., TODS 1979), and one
/// part after the other is copied into two, which take its place once they are whole, while each insert copies a few
/// slots. So a search looks into one set, whatever is under way.
#pragma once

#include <holdfast/table/nocase_key.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace holdfast {
namespace detail {

/// A part of a key map, whatever the type of its keys: what maps of all types have in common is compiled once.
struct map_part {
    map_part() = default;
    map_part(const map_part&) = delete;
    map_part& operator=(const map_part&) = delete;
    virtual ~map_part() = default;

    std::uint64_t transaction = 0; ///< The last one that changed it,
    std::size_t steps = 0;         ///< how often,
    std::size_t most = 0;          ///< and how many slots it had meanwhile, at most.
};

using owned_part = std::unique_ptr<map_part>;
/// What a part becomes.
struct map_halves {
    owned_part low{}, high{};
};

/// Where the fields of a key lie in a slot, in bytes from its start.
template <class... Fields> struct key_place {
    std::array<std::uint32_t, sizeof...(Fields)> offsets{};

    [[nodiscard]] key_view<Fields...> view(const void* slot) const noexcept {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return key_view<Fields...>(key_part<Fields>::of(*reinterpret_cast<const typename key_part<Fields>::field*>(
                static_cast<const std::byte*>(slot) + offsets[I]))...);
        }(std::index_sequence_for<Fields...>{});
    }
};

template <class... Fields> struct slot_hash {
    using is_transparent = void;
    using is_avalanching = void;
    key_place<Fields...> place;

    std::size_t operator()(const key_probe<Fields...>& key) const noexcept { return key.hash; }
    std::size_t operator()(const void* slot) const noexcept { return key_probe<Fields...>::hash_of(place.view(slot)); }
};

template <class... Fields> struct slot_equal {
    using is_transparent = void;
    key_place<Fields...> place;

    bool operator()(const key_probe<Fields...>& key, const void* slot) const noexcept {
        return key.parts == place.view(slot);
    }
    bool operator()(const void* slot, const key_probe<Fields...>& key) const noexcept { return (*this)(key, slot); }
    bool operator()(const void* a, const void* b) const noexcept { return a == b || place.view(a) == place.view(b); }
};

} // namespace detail

/// A set of slots, searched by the key that stands in their rows. One instantiation per list of key types.
///
/// Cost: 11 to 23 bytes a slot; a search is one hash and one probe; no insert moves more than a part.
/// Threads: the one that edits.
template <class... Fields> class key_map {
    using slot_set = boost::unordered_flat_set<void*, detail::slot_hash<Fields...>, detail::slot_equal<Fields...>>;

    struct part final : detail::map_part {
        explicit part(slot_set&& empty) : slots(std::move(empty)) {}
        slot_set slots;
    };

public:
    using probe = key_probe<Fields...>;

    explicit key_map(const detail::key_place<Fields...>& place) : place_(place) {
        parts_.push_back(empty_part());
        directory_.push_back(parts_.back().get());
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The slot whose key equals the probe's, or null. In line wherever it is called: the fewer instructions lie between
    /// two searches, the more of them wait for memory at once, and a call makes it half as fast.
    [[nodiscard, gnu::always_inline]] void* find(const probe& key) const noexcept {
        const slot_set& home = home_of(key.hash).slots;
        const auto found = home.find(key);
        if (found == home.end()) return nullptr;
        if (*found == nullptr) __builtin_unreachable(); // so that callers need not look
        return *found;
    }

    /// Makes sure that the `link` of a key with this hash that follows allocates nothing. In a transaction (which has a
    /// number other than 0) also that it, or an `unlink` that follows, can be taken back without.
    void prepare(std::uint64_t hash, std::uint64_t transaction) {
        if (transaction == 0) grow();
        part& home = home_of(hash);
        prepare_part(home, transaction);
        if (part* half = half_of(home, hash)) prepare_part(*half, transaction);
    }

    /// Adds a slot; `prepare` was called for its hash. False when an equal key is there: nothing changed.
    bool link(void* slot, const probe& key) {
        part& home = home_of(key.hash);
        if (!home.slots.insert(slot).second) return false;
        if (part* half = half_of(home, key.hash)) half->slots.insert(slot);
        ++size_;
        return true;
    }

    /// Takes out the slot that the probe finds.
    void unlink(const probe& key) noexcept {
        part& home = home_of(key.hash);
        const auto found = home.slots.find(key);
        if (&home == from_ && found == copy_next_) ++copy_next_;
        home.slots.erase(found);
        if (part* half = half_of(home, key.hash)) // perhaps it is not there yet
            if (const auto copy = half->slots.find(key); copy != half->slots.end()) half->slots.erase(copy);
        --size_;
    }

    /// Puts `slot`, of an equal key, in the place of the one that the probe finds.
    void replace(const probe& key, void* slot) noexcept {
        part& home = home_of(key.hash);
        put(slot, home.slots.find(key));
        if (part* half = half_of(home, key.hash))
            if (const auto copy = half->slots.find(key); copy != half->slots.end()) put(slot, copy);
    }

    /// Makes room for `slots` in all, while the map is empty. Before the game starts: it allocates in proportion.
    void reserve(std::size_t slots) {
        if (size_ != 0 || from_ != nullptr) return;
        std::size_t count = parts_.size();
        while (count * part_slots < slots) count *= 2;
        directory_.reserve(count);
        while (parts_.size() < count) {
            parts_.push_back(empty_part());
            directory_.push_back(parts_.back().get());
        }
        mask_ = count - 1;
        for (const auto& one : parts_) slots_in(*one).reserve(count == 1 ? slots : part_room);
    }

    /// Called for each slot that was linked in a transaction, once that is kept: grows, which it could not meanwhile
    /// because links can be taken back. `std::bad_alloc`: that is put off.
    ///
    /// Cost: as the growth of an insert. The first call after very many: see `settle`.
    void catch_up() {
        if (outgrown_ && size_ >= settle_from_) {
            settle_from_ = size_ + size_ / 8; // should there be no memory for it
            settle();
        }
        grow();
    }

    /// Which part a hash belongs to: links made part by part find their part in the processor's cache.
    [[nodiscard]] std::size_t part_of(std::uint64_t hash) const noexcept {
        return (hash >> 8) & mask_; // the sets use the lowest byte and the highest bits
    }
    [[nodiscard]] std::size_t parts() const noexcept { return directory_.size(); }

private:
    static constexpr std::size_t part_slots = 12'000; ///< Mean size at which splitting begins.
    static constexpr std::size_t part_room = 12'500;  ///< Room that a part asks for,
    static constexpr std::size_t part_holds = 13'440; ///< and what it then holds, at most, before it must double.
    static constexpr std::size_t part_full = 13'300;  ///< From here on room for as many would not last.
    static constexpr int copies_per_insert = 16; ///< A round ends when parts are 6 % larger, some 12,800 on average.

    [[nodiscard]] part& home_of(std::uint64_t hash) const noexcept {
        return static_cast<part&>(*directory_[part_of(hash)]);
    }

    /// Where else a slot of this hash must be: in one of the parts that will take the place of its home.
    [[nodiscard]] part* half_of(const part& home, std::uint64_t hash) const noexcept {
        if (&home != from_) return nullptr;
        return static_cast<part*>(((part_of(hash) & (directory_.size() / 2)) != 0 ? copy_.high : copy_.low).get());
    }

    [[nodiscard]] static slot_set& slots_in(detail::map_part& one) noexcept { return static_cast<part&>(one).slots; }
    [[nodiscard]] detail::owned_part empty_part() const { return detail::owned_part(new part(empty_set())); }
    [[nodiscard]] detail::owned_part roomy_part() const {
        detail::owned_part made = empty_part();
        slots_in(*made).reserve(part_room);
        return made;
    }
    [[nodiscard]] slot_set empty_set() const {
        return slot_set(0, detail::slot_hash<Fields...>{place_}, detail::slot_equal<Fields...>{place_});
    }

    /// Hash and equality are those of the key, which is the same.
    static void put(void* slot, typename slot_set::iterator at) noexcept { const_cast<void*&>(*at) = slot; }

    void prepare_part(part& one, std::uint64_t transaction) {
        if (transaction == 0)
            make_room(one);
        else
            prepare_undo(one, transaction);
    }

    /// A set that erases lowers the size at which it would grow, and grows where it stands: so it is built anew here.
    void make_room(part& full) {
        const std::size_t now = full.slots.size();
        if (now >= full.slots.max_load()) rebuild(full, parts_.size() > 1 && now < part_full ? part_room : now * 2 + 8);
    }

    /// Each step of a transaction, and each step back, may lower by one the size at which the set would grow. Nothing is
    /// copied meanwhile, so that every step back finds the room that was kept for it.
    void prepare_undo(part& one, std::uint64_t transaction) {
        if (one.transaction != transaction) {
            one.transaction = transaction;
            one.steps = one.most = 0;
        }
        ++one.steps;
        one.most = std::max(one.most, one.slots.size() + 1);
        const std::size_t needed = one.most + 2 * one.steps;
        if (needed < one.slots.max_load()) return;
        rebuild(one, std::max(part_rooms(), needed + needed / 2 + 8));
        outgrown_ = outgrown_ || needed > part_holds;
    }
    [[nodiscard]] std::size_t part_rooms() const noexcept { return parts_.size() > 1 ? part_room : 0; }

    void rebuild(part& full, std::size_t room) {
        slot_set roomy = empty_set();
        roomy.reserve(room);
        roomy.insert(full.slots.begin(), full.slots.end());
        full.slots = std::move(roomy);
        if (&full == from_) copy_next_ = full.slots.begin(); // what was copied is copied again, to no effect
    }

    /// Spreads parts that a transaction let grow beyond their room over as many as there should be, so that no later
    /// insert moves more than one of that size.
    ///
    /// Cost: a look at each part; where one is too large, an insert of every slot and, meanwhile, memory for all of them.
    void settle() {
        bool too_large = false;
        for (const auto& one : parts_) too_large = too_large || slots_in(*one).size() > part_holds;
        if (too_large) {
            key_map settled(place_);
            settled.reserve(std::max(size_, (parts_.size() - 1) * part_slots));
            for (const auto& one : parts_)
                for (void* slot : slots_in(*one)) settled.home_of(probe(place_.view(slot)).hash).slots.insert(slot);
            settled.size_ = size_;
            *this = std::move(settled);
        }
        outgrown_ = false;
        settle_from_ = 0;
    }

    /// An insert's share of what there is to copy.
    void grow() {
        if (from_ == nullptr && size_ >= parts_.size() * part_slots) begin_round();
        for (int i = 0; i < copies_per_insert && from_ != nullptr; ++i) copy_one();
    }

    /// The directory doubles: what it says of a hash stays the same until the part's two halves are whole.
    void begin_round() {
        const std::size_t count = directory_.size();
        parts_.reserve(count * 2);
        directory_.reserve(count * 2);
        detail::map_halves fresh{roomy_part(), roomy_part()};
        directory_.insert(directory_.end(), directory_.begin(), directory_.end());
        mask_ = count * 2 - 1;
        begin_split(0, std::move(fresh));
    }
    void begin_split(std::size_t number, detail::map_halves&& fresh) noexcept {
        splitting_ = number;
        from_ = static_cast<part*>(parts_[number].get());
        copy_ = std::move(fresh);
        copy_next_ = from_->slots.begin();
    }
    void copy_one() {
        if (copy_next_ == from_->slots.end()) return end_split();
        void* slot = *copy_next_;
        part& half = *half_of(*from_, probe(place_.view(slot)).hash);
        make_room(half);
        half.slots.insert(slot);
        ++copy_next_;
    }
    /// The two halves take the part's place; it is one of the next two, and memory comes and goes once in a round.
    void end_split() {
        const std::size_t other = splitting_ + directory_.size() / 2;
        const bool last = other + 1 == directory_.size();
        detail::map_halves next;
        if (!last) next.low = roomy_part();
        if (!last && from_->slots.max_load() > part_holds) next.high = roomy_part(); // a transaction had made it larger
        directory_[splitting_] = copy_.low.get();
        directory_[other] = copy_.high.get();
        parts_[splitting_].swap(copy_.low);
        parts_.push_back(std::move(copy_.high));
        from_ = nullptr;
        copy_next_ = {};
        if (last) return copy_.low.reset();
        if (next.high == nullptr) {
            next.high = std::move(copy_.low);
            slots_in(*next.high).clear();
        }
        begin_split(splitting_ + 1, std::move(next));
    }

    detail::key_place<Fields...> place_;
    std::vector<detail::map_part*>
        directory_;        ///< By bits of the hash; in a round two entries lead to a part not split yet.
    std::size_t mask_ = 0; ///< The directory's size, a power of two, less one.
    std::size_t size_ = 0;
    bool outgrown_ = false;                   ///< Whether a transaction may have let a part grow beyond its room.
    std::size_t settle_from_ = 0;             ///< When `settle` had no memory: from which size on it tries again.
    std::vector<detail::owned_part> parts_;   ///< As they stand in the first half of the directory, then in the second.
    std::size_t splitting_ = 0;               ///< In a round: the number of the part that is being split,
    part* from_ = nullptr;                    ///< that part,
    detail::map_halves copy_{};               ///< what becomes of it,
    typename slot_set::iterator copy_next_{}; ///< and which of its slots is copied next.
};

} // namespace holdfast
