package questionnaires

import (
	"slices"
	"strconv"
	"strings"

	"tickmark/engine"
)

// requestName is how people write the number of a request in the name of a file or a
// folder: Req-12, REQ_12, req 12, with the digits that tell two of one number apart.
var requestName = engine.Late(`(?i)(?:^|[^\pL\pN])req(?:uest)?[-_ .#]{0,3}([0-9]{1,12})(?:-([0-9a-f]{4,32}))?`)

// maxNamed bounds how many numbers of one path are looked at.
const maxNamed = 64

// RequestNumber is the number of a request as a file's name has it.
type RequestNumber struct {
	Number int
	Suffix string // in lower case; may be a part of the name that looks like one
}

// RequestNumbers returns the numbers that a path names, in its folders and its name,
// each once. A number that other letters or digits run into is none.
func RequestNumbers(path string) []RequestNumber {
	var all []RequestNumber
	for _, at := range requestName().FindAllStringSubmatchIndex(path, maxNamed) {
		number, err := strconv.Atoi(path[at[2]:at[3]])
		if err != nil || number < 1 || number > maxNumber || runsOn(path[at[3]:]) {
			continue
		}
		n := RequestNumber{Number: number}
		if at[4] >= 0 && !runsOn(path[at[5]:]) {
			n.Suffix = strings.ToLower(path[at[4]:at[5]])
		}
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

var letterOrDigit = engine.Late(`^[\pL\pN]`)

func runsOn(rest string) bool { return letterOrDigit().MatchString(rest) }

// RequestFile is which requests a file comes for.
type RequestFile struct {
	For []Request
	// Unknown says of each number in its name that is none, or not one, why.
	Unknown []string
}

// RequestsNamed returns the requests of the assessment that a path names.
func (a *Assessment) RequestsNamed(path string) RequestFile {
	var f RequestFile
	for _, named := range RequestNumbers(path) {
		r, err := a.RequestByLabel(label("Req", named.Number, named.Suffix))
		if err != nil && named.Suffix != "" {
			r, err = a.RequestByLabel(label("Req", named.Number, ""))
		}
		if err == nil {
			_, err = a.receiving(r.ID)
		}
		switch {
		case err != nil:
			f.Unknown = append(f.Unknown, err.Error())
		case !slices.ContainsFunc(f.For, func(o Request) bool { return o.ID == r.ID }):
			f.For = append(f.For, r)
		}
	}
	return f
}

// RequirementsOf are the requirements that some requests ask for, in order.
func RequirementsOf(requests []Request) []RequirementID {
	var all []RequirementID
	for _, r := range requests {
		all = append(all, r.Requirements...)
	}
	return sorted(all, RequirementID.Compare)
}
