// SPDX-License-Identifier: MIT
/// @file
/// From keys to slots: `boost::unordered_flat_set` of slot addresses, whose keys stand in the rows, grown
/// without ever stopping the tick.
///
/// A flat set that doubles moves everything at once (22 ms at 860,000 rows). Here a large map is many sets
/// ("parts") of some 11,000 slots, found in a directory by bits of the hash that the sets themselves do not
/// use. When they are full the directory doubles, as in extendible hashing (Fagin et al., TODS 1979), and one
/// part after the other is split in two while each insert looks at a few slots.
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

    map_part* donor = nullptr;     ///< Still holds some of what belongs here: its split is not over.
    std::uint64_t transaction = 0; ///< The last one that changed it,
    std::size_t steps = 0;         ///< how often,
    std::size_t most = 0;          ///< and how many slots it had meanwhile, at most.
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

    /// The slot whose key equals the probe's, or null.
    [[nodiscard]] void* find(const probe& key) const noexcept {
        const part& home = home_of(key.hash);
        if (const auto found = home.slots.find(key); found != home.slots.end()) [[likely]] {
            if (*found == nullptr) __builtin_unreachable(); // so that callers need not look
            return *found;
        }
        return home.donor == nullptr ? nullptr : find_in(slots_in(*home.donor), key);
    }

    /// Makes sure that the `link` of a key with this hash that follows allocates nothing. In a transaction (which has a
    /// number other than 0) also that it, or an `unlink` that follows, can be taken back without.
    void prepare(std::uint64_t hash, std::uint64_t transaction) {
        if (transaction != 0) return prepare_undo(home_of(hash), transaction);
        if (from_ == nullptr && size_ >= parts_.size() * part_slots) begin_round();
        for (int i = 0; i < looks_per_insert && from_ != nullptr; ++i) move_one();
        make_room(home_of(hash));
    }

    /// Adds a slot; `prepare` was called for its hash. False when an equal key is there: nothing changed.
    bool link(void* slot, const probe& key) {
        part& home = home_of(key.hash);
        if (home.donor != nullptr && find_in(slots_in(*home.donor), key) != nullptr) return false;
        const bool added = home.slots.insert(slot).second;
        size_ += added ? 1 : 0;
        return added;
    }

    /// Takes out the slot that the probe finds.
    void unlink(const probe& key) noexcept {
        part& home = home_of(key.hash);
        --size_;
        if (const auto found = home.slots.find(key); found != home.slots.end()) return erase(home, found);
        erase(*home.donor, slots_in(*home.donor).find(key));
    }

    /// Puts `slot`, of an equal key, in the place of the one that the probe finds.
    void replace(const probe& key, void* slot) noexcept {
        part& home = home_of(key.hash);
        auto found = home.slots.find(key);
        if (found == home.slots.end()) found = slots_in(*home.donor).find(key);
        const_cast<void*&>(*found) = slot; // hash and equality are those of the key, which is the same
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

    /// Spreads parts that a transaction let grow beyond their room over as many as there should be, so that no later
    /// insert moves more than one of that size. Not in a transaction. `std::bad_alloc`: nothing has changed.
    ///
    /// Cost: a look at each part; where one is too large, an insert of every slot and, meanwhile, memory for all of them.
    void settle() {
        bool too_large = false;
        for (const auto& one : parts_) too_large = too_large || slots_in(*one).size() > part_room;
        if (!too_large) return;
        key_map settled(place_);
        settled.reserve(std::max(size_, (parts_.size() - 1) * part_slots));
        for (const auto& one : parts_)
            for (void* slot : slots_in(*one)) settled.home_of(probe(place_.view(slot)).hash).slots.insert(slot);
        settled.size_ = size_;
        *this = std::move(settled);
    }

    /// Which part a hash belongs to: links made part by part find their part in the processor's cache.
    [[nodiscard]] std::size_t part_of(std::uint64_t hash) const noexcept {
        return (hash >> 8) & mask_; // the sets use the lowest byte and the highest bits
    }
    [[nodiscard]] std::size_t parts() const noexcept { return directory_.size(); }

private:
    static constexpr std::size_t part_slots = 11'000; ///< Mean size at which splitting begins.
    static constexpr std::size_t part_room = 12'500;  ///< Room a part has: it holds 13,440 before it must double.
    static constexpr int looks_per_insert = 8;        ///< A round ends before parts are an eighth larger.

    /// Rarely needed, so it keeps out of the way: not inlined, and the key need not be in memory for it.
    [[nodiscard, gnu::noinline]] static void* find_in(const slot_set& in, probe key) noexcept {
        const auto found = in.find(key);
        return found != in.end() ? *found : nullptr;
    }

    [[nodiscard]] static slot_set& slots_in(detail::map_part& one) noexcept { return static_cast<part&>(one).slots; }
    [[nodiscard]] part& home_of(std::uint64_t hash) const noexcept {
        return static_cast<part&>(*directory_[part_of(hash)]);
    }

    using owned_part = std::unique_ptr<detail::map_part>;
    [[nodiscard]] owned_part empty_part() const { return owned_part(new part(empty_set())); }
    [[nodiscard]] owned_part roomy_part() const {
        owned_part made = empty_part();
        slots_in(*made).reserve(part_room);
        return made;
    }
    [[nodiscard]] slot_set empty_set() const {
        return slot_set(0, detail::slot_hash<Fields...>{place_}, detail::slot_equal<Fields...>{place_});
    }

    void erase(detail::map_part& in, typename slot_set::iterator found) noexcept {
        if (&in == from_ && found == look_next_) ++look_next_;
        slots_in(in).erase(found);
    }

    /// A set that erases lowers the size at which it would grow, and grows where it stands: so it is built anew here.
    void make_room(part& full) {
        const std::size_t now = full.slots.size();
        if (now >= full.slots.max_load()) rebuild(full, parts_.size() > 1 && now < part_room ? part_room : now * 2 + 8);
    }

    /// Each step of a transaction, and each step back, may lower by one the size at which the set would grow. No slot
    /// moves to another part meanwhile, so that every step back finds the room that was kept for it.
    void prepare_undo(part& home, std::uint64_t transaction) {
        if (home.transaction != transaction) {
            home.transaction = transaction;
            home.steps = home.most = 0;
        }
        ++home.steps;
        home.most = std::max(home.most, home.slots.size() + 1);
        const std::size_t needed = home.most + 2 * home.steps;
        if (needed >= home.slots.max_load()) rebuild(home, std::max(part_rooms(), needed + needed / 2 + 8));
    }
    [[nodiscard]] std::size_t part_rooms() const noexcept { return parts_.size() > 1 ? part_room : 0; }

    void rebuild(part& full, std::size_t room) {
        slot_set roomy = empty_set();
        roomy.reserve(room);
        roomy.insert(full.slots.begin(), full.slots.end());
        full.slots = std::move(roomy);
        if (&full == from_) look_next_ = full.slots.begin();
    }

    /// The directory doubles: what it says of a hash stays the same until the part is split.
    void begin_round() {
        const std::size_t count = directory_.size();
        parts_.reserve(count * 2);
        directory_.reserve(count * 2);
        auto fresh = roomy_part();
        directory_.insert(directory_.end(), directory_.begin(), directory_.end());
        mask_ = count * 2 - 1;
        begin_split(0, std::move(fresh));
    }
    void begin_split(std::size_t number, owned_part fresh) noexcept {
        splitting_ = number;
        from_ = static_cast<part*>(directory_[number]);
        fresh->donor = from_;
        directory_[number + directory_.size() / 2] = fresh.get();
        parts_.push_back(std::move(fresh));
        look_next_ = from_->slots.begin();
    }
    void end_split() {
        const bool last = splitting_ + 1 == directory_.size() / 2;
        auto fresh = last ? nullptr : roomy_part();
        parts_.back()->donor = from_ = nullptr;
        if (!last) begin_split(splitting_ + 1, std::move(fresh));
    }

    /// Looks at one slot of the part that is being split, and moves it when it belongs to the new one.
    void move_one() {
        if (look_next_ == from_->slots.end()) return end_split();
        void* slot = *look_next_;
        part& home = home_of(probe(place_.view(slot)).hash);
        if (&home == from_) {
            ++look_next_;
            return;
        }
        make_room(home);
        home.slots.insert(slot);
        from_->slots.erase(look_next_++);
    }

    detail::key_place<Fields...> place_;
    std::vector<detail::map_part*>
        directory_;        ///< By bits of the hash; in a round two entries lead to a part not split yet.
    std::size_t mask_ = 0; ///< The directory's size, a power of two, less one.
    std::size_t size_ = 0;
    std::vector<owned_part> parts_;           ///< In the order in which they were made.
    std::size_t splitting_ = 0;               ///< In a round: the number of the part that is being split,
    part* from_ = nullptr;                    ///< that part,
    typename slot_set::iterator look_next_{}; ///< and where in it to look next.
};

} // namespace holdfast
