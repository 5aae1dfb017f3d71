package questionnaires

// RemoteExtent is how much of an assessment was tested from elsewhere.
type RemoteExtent int

// The extents. The zero value says nothing.
const (
	RemoteNotSaid RemoteExtent = iota
	NothingRemote
	PartlyRemote
	AllRemote
)

var remoteExtents = [...]string{"", "none", "part", "all"}

// RemoteExtents returns all that may be said.
func RemoteExtents() []RemoteExtent { return []RemoteExtent{NothingRemote, PartlyRemote, AllRemote} }

// Title says it to people, "" where nothing was said.
func (x RemoteExtent) Title() string {
	switch x {
	case NothingRemote:
		return "no: all of it on site"
	case PartlyRemote:
		return "yes: a part of it"
	case AllRemote:
		return "yes: all of it"
	case RemoteNotSaid:
	}
	return ""
}

// String returns the extent's text, "" where nothing was said.
func (x RemoteExtent) String() string { return textOf(remoteExtents[:], int(x)) }

// MarshalText writes what String returns.
func (x RemoteExtent) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (x *RemoteExtent) UnmarshalText(b []byte) error {
	i, err := indexOf("extent of remote testing", remoteExtents[:], string(b))
	*x = RemoteExtent(i)
	return err
}

// remotely names the rule that the extent of remote testing breaks beside the days that
// are listed, "" if none.
func (e Engagement) remotely() string {
	switch {
	case e.RemoteExtent == NothingRemote && len(e.Remote) > 0:
		return "nothing was tested from elsewhere, and times of it are listed"
	case e.RemoteExtent == AllRemote && len(e.OnSite) > 0:
		return "all was tested from elsewhere, and days on site are listed"
	}
	return ""
}

// remoteLacks are the fields of remote testing: how much, and where there was any, when
// and why.
func (e Engagement) remoteLacks(asked demand) []field {
	fields := asked.since(factsOfReport, ReportedScope, field{"how much was tested from elsewhere (none, part or all)", e.RemoteExtent.String()})
	if e.RemoteExtent == PartlyRemote || e.RemoteExtent == AllRemote {
		fields = append(fields, asked.since(factsOfReport, ReportedScope, field{"when it was tested from elsewhere, and why", counted(len(e.Remote))})...)
	}
	return fields
}
