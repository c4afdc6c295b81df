//! De-duplication: the first free candidate of each base, in one pass.
//!
//! The guide's loop asks the database for `acme`, `acme-1`, `acme-2` ... again for every user.
//! Nothing becomes free during a run, so the allocator remembers for each base how far it came.
//! A candidate that once failed is not tried again.
//!
//! The slugs lie back to back in blocks, and the hash table holds 8 bytes for each: at a million
//! slugs a `HashSet<String>` would take twice to three times the memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::candidate::{candidate, cut, digits};
use super::{SLUG_MAX, check_limit};
use crate::error::{Error, Result};

/// Room for the longest suffix, `-4294967295`.
const SUFFIX_MAX: usize = 11;
const BLOCK_BITS: u32 = 20;
const BLOCK: usize = 1 << BLOCK_BITS;

/// Gives out slugs, each only once.
///
/// ```
/// use tenantry::SlugAllocator;
///
/// let mut slugs = SlugAllocator::new(80)?;
/// slugs.take("Acme")?; // an old row
/// assert_eq!(slugs.allocate("acme")?, "acme-1");
/// assert_eq!(slugs.allocate("acme")?, "acme-2");
/// assert_eq!(slugs.allocate("globex")?, "globex");
/// # Ok::<(), tenantry::Error>(())
/// ```
#[derive(Debug)]
pub struct SlugAllocator {
    limit: usize,
    hasher: RandomState,
    taken: HashTable<Entry>,
    blocks: Vec<Vec<u8>>,
    /// For bases so long that the suffix cuts them: of each stem the next n, by the digits of n.
    /// Bases that differ only behind the cut share their candidates, and so their count.
    cut_stems: HashMap<Box<str>, [u32; SUFFIX_MAX - 1]>,
    failed_probes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where its length and bytes stand in the blocks.
    at: u32,
    /// The next n to try for a base that is this slug; 0 while none was tried.
    next: u32,
}

impl SlugAllocator {
    /// An allocator of slugs of at most `limit` characters, of which none is taken.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] unless `limit` is 16 to 80.
    ///
    /// ```
    /// assert!(tenantry::SlugAllocator::new(8).is_err());
    /// ```
    pub fn new(limit: usize) -> Result<Self> {
        check_limit(limit)?;
        Ok(Self {
            limit,
            hasher: RandomState::new(),
            taken: HashTable::new(),
            blocks: Vec::new(),
            cut_stems: HashMap::new(),
            failed_probes: 0,
        })
    }

    /// Makes `slug` one that is never given out: an existing or retired slug, or a reserved word.
    /// It counts without regard to ASCII case.
    ///
    /// # Errors
    ///
    /// [`Error::TooManySlugs`] when 4 GiB of slugs are taken, some 200 million.
    ///
    /// ```
    /// # let mut slugs = tenantry::SlugAllocator::new(80)?;
    /// slugs.take("ADMIN")?;
    /// assert_eq!(slugs.allocate("admin")?, "admin-1");
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn take(&mut self, slug: &str) -> Result<()> {
        // Nothing longer is ever given out, so there is nothing to remember.
        if slug.len() > SLUG_MAX {
            return Ok(());
        }
        if slug.bytes().any(|b| b.is_ascii_uppercase()) {
            self.insert(&slug.to_ascii_lowercase())?;
        } else {
            self.insert(slug)?;
        }
        Ok(())
    }

    /// Gives out the first free candidate of `base`, counting from 0.
    ///
    /// All calls together try at most as many taken candidates as there are taken slugs.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an empty base (see [`base`](super::base) for the fall-backs) and for
    /// one that is not a valid lower-case slug, length aside. [`Error::TooManySlugs`] as above.
    ///
    /// ```
    /// # let mut slugs = tenantry::SlugAllocator::new(80)?;
    /// assert_eq!(slugs.allocate("acme")?, "acme");
    /// assert_eq!(slugs.allocate("acme")?, "acme-1");
    /// assert!(slugs.allocate("").is_err());
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn allocate(&mut self, base: &str) -> Result<String> {
        let plain = cut(base, self.limit);
        if plain.is_empty() || !base.bytes().all(is_base_byte) {
            let reason = "the base of a slug is letters a-z, digits, - and _, as slugify gives it";
            return Err(Error::invalid("slug base", base, reason));
        }
        if self.insert(plain)? {
            return Ok(plain.to_owned());
        }
        // At this length no suffix cuts anything off: one count for the base is enough.
        let short = base.len() + SUFFIX_MAX <= self.limit;
        let mut n = 1;
        loop {
            let width = digits(n);
            let stem = cut(base, self.limit - 1 - width);
            n = n.max(self.next(stem, width));
            // The count may stand at the first number of the next width.
            if digits(n) > width {
                continue;
            }
            let slug = candidate(base, n, self.limit);
            let free = self.insert(&slug)?;
            n = n.checked_add(1).ok_or_else(|| full(base))?;
            if short {
                self.set_count(plain, n);
            } else if let Some(next) = self.cut_stems.get_mut(stem) {
                next[width - 1] = n;
            } else {
                let mut next = [0; SUFFIX_MAX - 1];
                next[width - 1] = n;
                self.cut_stems.insert(stem.into(), next);
            }
            if free {
                return Ok(slug);
            }
            self.failed_probes += 1;
        }
    }

    /// How many slugs are taken or given out.
    ///
    /// ```
    /// # let mut slugs = tenantry::SlugAllocator::new(80)?;
    /// slugs.take("acme")?;
    /// assert_eq!(slugs.len(), 1);
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.taken.len()
    }

    /// Whether no slug is taken.
    ///
    /// ```
    /// assert!(tenantry::SlugAllocator::new(80)?.is_empty());
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }

    /// How many suffixed candidates turned out to be taken so far: the work beyond the least.
    ///
    /// ```
    /// # let mut slugs = tenantry::SlugAllocator::new(80)?;
    /// slugs.take("acme")?;
    /// slugs.take("acme-1")?;
    /// slugs.allocate("acme")?;
    /// assert_eq!(slugs.failed_probes(), 1);
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    #[must_use]
    pub fn failed_probes(&self) -> u64 {
        self.failed_probes
    }

    /// Adds `slug`; false when it was there already.
    fn insert(&mut self, slug: &str) -> Result<bool> {
        let hash = self.hasher.hash_one(slug.as_bytes());
        let Self { taken, blocks, hasher, .. } = self;
        if taken.find(hash, |entry| read(blocks, entry.at) == slug.as_bytes()).is_some() {
            return Ok(false);
        }
        let at = write(blocks, slug).ok_or(Error::TooManySlugs)?;
        taken.insert_unique(hash, Entry { at, next: 0 }, |entry| {
            hasher.hash_one(read(blocks, entry.at))
        });
        Ok(true)
    }

    /// The next n to try behind a stem, when n has `width` digits. A long base may be cut and trimmed
    /// to just what a short one is: what failed for one is not tried for the other.
    fn next(&self, stem: &str, width: usize) -> u32 {
        let is_short = stem.len() + SUFFIX_MAX <= self.limit;
        let of_short = if is_short { self.count(stem) } else { 0 };
        let of_cut = self.cut_stems.get(stem).map_or(0, |next| next[width - 1]);
        of_short.max(of_cut)
    }

    fn count(&self, slug: &str) -> u32 {
        let hash = self.hasher.hash_one(slug.as_bytes());
        let found = self.taken.find(hash, |entry| read(&self.blocks, entry.at) == slug.as_bytes());
        found.map_or(0, |entry| entry.next)
    }

    fn set_count(&mut self, slug: &str, next: u32) {
        let hash = self.hasher.hash_one(slug.as_bytes());
        let Self { taken, blocks, .. } = self;
        if let Some(entry) = taken.find_mut(hash, |entry| read(blocks, entry.at) == slug.as_bytes())
        {
            entry.next = next;
        }
    }
}

fn is_base_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_'
}

fn full(base: &str) -> Error {
    Error::invalid("slug base", base, "all 4,294,967,295 numbers behind it are given out")
}

/// Appends a length and the bytes; a record never crosses the end of a block.
fn write(blocks: &mut Vec<Vec<u8>>, slug: &str) -> Option<u32> {
    let size = slug.len() + 1;
    if blocks.last().is_none_or(|block| block.len() + size > BLOCK) {
        // The first block grows, so that a small allocator stays small.
        blocks.push(if blocks.is_empty() { Vec::new() } else { Vec::with_capacity(BLOCK) });
    }
    let number = blocks.len() - 1;
    let block = &mut blocks[number];
    let at = u32::try_from((number << BLOCK_BITS) + block.len()).ok()?;
    block.push(u8::try_from(slug.len()).ok()?);
    block.extend_from_slice(slug.as_bytes());
    Some(at)
}

fn read(blocks: &[Vec<u8>], at: u32) -> &[u8] {
    let block = &blocks[(at >> BLOCK_BITS) as usize];
    let start = at as usize & (BLOCK - 1);
    let end = start + 1 + usize::from(block[start]);
    &block[start + 1..end]
}
