package redaction

// Bounds of what is remembered: of the objects of a cluster nearly all keys and most
// values are the same ones again.
const (
	manyRecent = 4096 // strings
	maxRecent  = 256  // bytes of one
)

// recent remembers what was found out about something, until there is too much of it.
type recent[K comparable, V any] struct{ known map[K]V }

func (r *recent[K, V]) get(k K) (V, bool) {
	v, known := r.known[k]
	return v, known
}

func (r *recent[K, V]) put(k K, v V) {
	switch {
	case r.known == nil:
		r.known = map[K]V{}
	case len(r.known) >= manyRecent:
		clear(r.known)
	}
	r.known[k] = v
}

// text is a string in which nothing was found to redact, and whether it was looked at
// for what looks random, too.
type text struct {
	string
	random bool
}

// keyword is what a key of an object says of itself and of its value.
type keyword struct {
	secret bool // a secret stands under it
	names  bool // it names one where it is a name, such as a variable's
	marked bool // a secret or a card number stands in it
	quotes bool // a scanner may repeat a secret under it
}

func (r *Redactor) keyword(key string) keyword {
	says, known := r.keyed.get(key)
	if !known {
		says = keyword{secret: saysSecretAloud(key), names: NamesSecret(key), marked: New().Text(key) != key, quotes: scanners[key] != nil}
		if len(key) <= maxRecent {
			r.keyed.put(key, says)
		}
	}
	return says
}
