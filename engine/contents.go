package engine

// Contents is what a search of a file's text found that must not be kept as it is, and
// how much of the file could be searched. What was not read is unknown and never clean.
type Contents struct {
	Version string   `json:"version"`          // of the search
	Read    int64    `json:"read,omitzero"`    // bytes of text that were searched
	Hits    []Hit    `json:"hits,omitempty"`   // in the order of the file
	Unread  []Unread `json:"unread,omitempty"` // what could not be read
}

// Hit says that something stands in a file, and where: never what.
type Hit struct {
	Kind  string `json:"kind"`  // card-number, private-key, token
	Place string `json:"place"` // a line, a page, a file inside
	Count int    `json:"count"`
}

// Unread is a part of a file that could not be searched.
type Unread struct {
	Place string `json:"place,omitempty"` // "" for all of it
	Why   string `json:"why"`
}
