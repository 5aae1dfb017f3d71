package sign

import (
	"bytes"
	"fmt"
	"slices"
)

// Change is something in the file that was altered after a signature and is no signature
// itself.
type Change struct {
	Revision int    // counted from 1
	Object   int    // its number; 0 for the trailer
	Key      string // of the object's dictionary; empty where the whole object is meant
	What     string // a clause such as "the page's content was replaced"
}

func (c Change) String() string {
	where := fmt.Sprintf("object %d", c.Object)
	if c.Object == 0 {
		where = "the trailer"
	}
	if c.Key != "" {
		where += ", key /" + c.Key
	}
	return where + ": " + c.What
}

// comparison holds one revision against the state before it.
type comparison struct {
	file    *file
	after   int // index of the revision that is judged
	fields  map[int]field
	changes []Change
	needed  map[int]bool // new objects that a new signature accounts for
	signed  int          // fields filled in this revision
}

// changesIn lists everything in a revision that is not the filling of one empty signature
// field. Objects must be new, numbered as such, and needed by that signature; of older objects only the
// field's widget may be written again, with a value and an appearance.
func (f *file) changesIn(after int) []Change {
	c := &comparison{file: f, after: after, fields: map[int]field{}, needed: map[int]bool{}}
	fields, _ := f.fields(after - 1)
	for _, field := range fields {
		c.fields[field.number] = field
	}
	c.trailer()
	r := f.revisions[after]
	var fresh []int
	for _, n := range r.numbers() {
		old := f.lookup(n, after-1)
		switch {
		case old == nil && n >= f.revisions[after-1].size:
			fresh = append(fresh, n)
		case old == nil:
			c.add(n, "", "an object that is new but has a number from before the signature (a shadow attack)")
		default:
			c.object(old, r.object(n))
		}
	}
	awaited := f.awaited(r, after)
	for _, n := range fresh {
		switch {
		case awaited[n]:
			c.add(n, "", "a new object that an object from before the signature already refers to (a shadow attack)")
		case !c.needed[n]:
			c.add(n, "", "a new object that belongs to no signature")
		}
	}
	if c.signed != 1 && len(c.changes) == 0 {
		c.add(0, "", fmt.Sprintf("a revision with %d signatures where one is expected", c.signed))
	}
	return c.changes
}

// awaited tells which objects of a revision were referred to before they existed.
func (f *file) awaited(r *revision, before int) map[int]bool {
	found := map[int]bool{}
	for _, earlier := range f.revisions[:before] {
		for _, n := range earlier.refs {
			if r.find(int(n)) != nil {
				found[int(n)] = true
			}
		}
		for _, n := range earlier.trailer.references(nil) {
			if r.find(n) != nil {
				found[n] = true
			}
		}
	}
	return found
}

func (c *comparison) add(object int, key, what string) {
	c.changes = append(c.changes, Change{c.after + 1, object, printable(latin(key)), what})
}

// trailer may differ only in where the table before it is, in the size and in the second half
// of the identifier.
func (c *comparison) trailer() {
	before, after := c.file.revisions[c.after-1].trailer, c.file.revisions[c.after].trailer
	for _, key := range bothKeys(before, after) {
		a, b := before.get(key), after.get(key)
		switch key {
		case "Size", "Prev":
			continue
		case "ID":
			if len(b.items) == 2 && (!before.has("ID") || (len(a.items) == 2 && a.items[0].equal(b.items[0]))) {
				continue
			}
		}
		if !a.equal(b) {
			c.add(0, key, "was changed")
		}
	}
}

func bothKeys(a, b object) []string {
	keys := slices.Concat(a.keys, b.keys)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// object compares an object with its earlier self.
func (c *comparison) object(old, now *indirect) {
	field, isField := c.fields[old.number]
	count := len(c.changes)
	if old.isStream != now.isStream || !bytes.Equal(old.stream, now.stream) {
		c.add(old.number, "", "the stream was replaced")
	}
	if old.value.kind != kindDict || now.value.kind != kindDict {
		if !old.value.equal(now.value) {
			c.add(old.number, "", "was replaced")
		}
	}
	for _, key := range bothKeys(old.value, now.value) {
		a, b := old.value.get(key), now.value.get(key)
		switch {
		case a.equal(b) && old.value.has(key) == now.value.has(key):
		case isField && key == "V" && c.fills(field, b):
			c.signed++
		case isField && key == "AP" && !field.filled() && now.value.has("V") && c.draws(b):
		case key == "Annots" && old.value.get("Type").isName("Page"):
			c.annotations(old.number, a, b)
		default:
			c.add(old.number, key, what(old.value, key))
		}
	}
	if len(c.changes) == count && !(isField && !field.filled() && now.value.has("V")) {
		c.add(old.number, "", "was written again")
	}
}

// fills tells whether value is a new signature for an empty field. Whether that signature
// holds is judged with the signatures.
func (c *comparison) fills(f field, value object) bool {
	n := int(value.number)
	if f.filled() || value.kind != kindRef || !c.isNew(n) {
		return false
	}
	signature := c.file.revisions[c.after].object(n)
	if signature.isStream || !signature.value.get("Type").isName("Sig") || len(signature.value.references(nil)) > 0 {
		return false
	}
	c.needed[n] = true
	return true
}

// draws tells whether an appearance is one new form, and counts in what the form needs.
func (c *comparison) draws(appearance object) bool {
	normal := appearance.get("N")
	n := int(normal.number)
	if len(appearance.keys) != 1 || normal.kind != kindRef || !c.isNew(n) {
		return false
	}
	form := c.file.revisions[c.after].object(n)
	if !form.isStream || !form.value.get("Subtype").isName("Form") {
		return false
	}
	for queue := []int{n}; len(queue) > 0; queue = queue[1:] {
		if n := queue[0]; c.isNew(n) && !c.needed[n] {
			c.needed[n] = true
			queue = c.file.revisions[c.after].object(n).value.references(queue)
		}
	}
	return true
}

func (c *comparison) isNew(n int) bool {
	return n >= c.file.revisions[c.after-1].size && c.file.revisions[c.after].find(n) != nil
}

// annotations names each annotation that came or went.
func (c *comparison) annotations(page int, before, after object) {
	const limit = 2000 // compared one with another
	old, now := c.file.resolve(before, c.after-1).items, c.file.resolve(after, c.after).items
	if len(old)+len(now) > limit {
		c.add(page, "Annots", "the annotations were changed")
		return
	}
	in := func(list []object, o object) bool { return slices.ContainsFunc(list, o.equal) }
	count := len(c.changes)
	for _, o := range now {
		if in(old, o) {
			continue
		}
		annotation := c.file.resolve(o, c.after)
		kind := printable(latin(annotation.get("Subtype").text))
		c.add(page, "Annots", fmt.Sprintf("an annotation was laid on the page that is no signature field (%s)", kind))
	}
	for _, o := range old {
		if !in(now, o) {
			c.add(page, "Annots", "an annotation was taken off the page")
		}
	}
	if len(c.changes) == count {
		c.add(page, "Annots", "the annotations were written again")
	}
}

// what says in words which part of a document a changed key is.
func what(old object, key string) string {
	switch {
	case old.get("Type").isName("Catalog"):
		return "the document's catalog was changed"
	case old.get("Type").isName("Pages"):
		return "the list of pages was changed"
	case old.get("Type").isName("Page") && key == "Contents":
		return "the page's content was replaced"
	case old.get("Type").isName("Page"):
		return "the page was changed"
	case old.get("FT").isName("Sig"):
		return "the signature field was changed"
	case old.has("Producer"), old.has("CreationDate"):
		return "the document's information was changed"
	}
	return "was changed"
}
