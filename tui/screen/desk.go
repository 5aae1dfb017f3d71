package screen

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// Workbench is what cmd hands over: everything that screens need and cannot make.
type Workbench struct {
	Path       string // of the vault, for people and for command lines
	Assessment string // which one, as History.Choose reads it; "" asks if there are several
	Catalogue  *questionnaires.Catalogue
	// Open opens the vault; passphrase is "" unless AskPassphrase. It is called
	// again after an error.
	Open          func(ctx context.Context, passphrase string) (*vault.Vault, error)
	AskPassphrase bool
	OnlyRead      bool // it was asked that nothing be changed
	// Missing says, where it is known beforehand, which identity is not there and
	// how to give it; then nothing is opened.
	Missing string
	Papers  Papers
	// Editor gives a text and the terminal to the person's own editor and returns what
	// was written; nil where there is none, and then NoEditor says why.
	Editor   func(text string) (string, error)
	NoEditor string
	// Collection is what `c` collects from. Of Params only Custom counts: the others are
	// those of the vault's scope. Progress is the desk's own.
	Collection vault.Collection
	Files      Files
	Care       Care
	// NewID draws the id of what is begun here.
	NewID func() (questionnaires.ID, error)
	// Now is the clock; times are shown in UTC.
	Now func() time.Time
}

// Desk is one assessment of one open vault, shared by the screens on the stack. It
// is read and changed by the router's goroutine; commands get what they need when
// they are made.
type Desk struct {
	Workbench
	ctx     context.Context
	vault   *vault.Vault
	id      questionnaires.ID
	version string // the issued one that is looked at; "" is the assessment as it is
	picture *Picture
	queue   []job
	running bool
	serial  int
	failure string
	received
	named    namedHere // beside what cmd gave
	examined *examined // the network that was analysed last; nil for none
}

// job is work on the vault. Jobs run one after another, in the order in which they
// were asked for.
type job func() changed

// changed says what a job did. A desk takes it once, however many screens hand it
// on.
type changed struct {
	desk    *Desk
	serial  int
	picture *Picture // nil if nothing was read
	err     error
	said    string // what to tell the person
	asked   any    // what only the screen that asked understands
}

// rule gives the draft of a change out of the assessment as it stands.
type rule func(*questionnaires.Assessment) (questionnaires.Draft, error)

// rules gives the drafts of a change that takes several.
type rules func(*questionnaires.Assessment) ([]questionnaires.Draft, error)

// act is a job that signs what a rule gives.
func (d *Desk) act(said string, asked any, r rule) tea.Cmd {
	return d.do(func() changed {
		picture, err := d.append(r)
		if errors.Is(err, questionnaires.ErrUnchanged) {
			err = nil // it stands already
		}
		return changed{picture: picture, err: err, said: said, asked: asked}
	})
}

// signing is a job that signs what rules give, by one save.
func (d *Desk) signing(said string, asked any, r rules) job {
	return func() changed {
		picture, err := d.appendAll(r)
		return changed{picture: picture, err: err, said: said, asked: asked}
	}
}

// change is a job that edits the answer to a requirement as it stands then.
func (d *Desk) change(id questionnaires.RequirementID, said string, asked any, edit func(*questionnaires.Answer)) tea.Cmd {
	return d.act(said, asked, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		answer := a.Own(id).Answer
		answer.Requirement = id
		edit(&answer)
		return a.Answer(answer)
	})
}

// append signs the draft that a rule gives out of the assessment as it stands, and
// reads what followed.
func (d *Desk) append(r rule) (*Picture, error) {
	return d.appendAll(func(a *questionnaires.Assessment) ([]questionnaires.Draft, error) {
		draft, err := r(a)
		return []questionnaires.Draft{draft}, err
	})
}

// appendAll is append of several drafts, by one save.
func (d *Desk) appendAll(r rules) (*Picture, error) {
	if why := d.fixed(); d.version != "" {
		return nil, errors.New(why)
	}
	h, err := d.vault.History(d.ctx)
	if err != nil {
		return nil, err
	}
	a, err := h.Assessment(d.Catalogue, d.id)
	if err != nil {
		return nil, err
	}
	drafts, err := r(a)
	if err != nil {
		return nil, err
	}
	if _, err := d.vault.Append(d.ctx, drafts...); err != nil {
		return nil, err
	}
	return d.look()
}

// look reads the assessment as it stands.
func (d *Desk) look() (*Picture, error) {
	h, err := d.vault.History(d.ctx)
	if err != nil {
		return nil, err
	}
	author, _ := d.vault.Author()
	h, now, err := d.asIssued(h)
	if err != nil {
		return nil, err
	}
	return newPicture(h, d.Catalogue, d.id, d.vault.Saved(), now, author.ID)
}

// do queues a job.
func (d *Desk) do(j job) tea.Cmd {
	d.queue = append(d.queue, j)
	return d.next()
}

// next starts the first job of the queue if none is running.
func (d *Desk) next() tea.Cmd {
	if d.running || len(d.queue) == 0 {
		return nil
	}
	j := d.queue[0]
	d.queue, d.running = d.queue[1:], true
	d.serial++
	serial := d.serial
	return func() tea.Msg {
		c := j()
		c.desk, c.serial = d, serial
		return c
	}
}

// take takes what a job did. Every screen hands its messages here first; only the
// first one counts.
func (d *Desk) take(msg tea.Msg) tea.Cmd {
	c, is := msg.(changed)
	if !is || c.desk != d || !d.running || c.serial != d.serial {
		return nil
	}
	d.running, d.failure = false, ""
	if c.picture != nil {
		d.picture = c.picture
	}
	said := note(theme.Good, c.said)
	if c.err != nil {
		d.failure = c.err.Error()
		said = note(theme.Bad, "not done: "+d.failure)
	} else if c.said == "" {
		said = nil
	}
	return tea.Batch(said, d.next())
}

// busy reports whether a job runs or waits.
func (d *Desk) busy() bool { return d.running || len(d.queue) > 0 }

// head is the title line's part that all screens of a desk share.
func (d *Desk) head(crumb string) Head {
	h := Head{Crumb: crumb}
	switch {
	case d.failure != "":
		h.State, h.Tone = "✗ the last change is NOT saved", theme.Bad
	case d.busy():
		h.State, h.Tone = "saving", theme.Warning
	case d.version != "":
		h.State, h.Tone = "version "+d.version+", as issued", theme.Warning
	case d.vault.ReadOnly():
		h.State, h.Tone = "read-only", theme.Warning
	case d.picture != nil && !d.picture.Saved.IsZero():
		h.State, h.Tone = "saved "+d.picture.Saved.UTC().Format("15:04:05")+" UTC", theme.Good
	}
	return h
}

// opened is what opening a vault or another assessment gave.
type opened struct {
	desk    *Desk
	choices []questionnaires.AssessmentDetails // if the person has to choose
	vault   *vault.Vault
	err     error
}

// openDesk reads an assessment of an open vault.
func (w Workbench) openDesk(ctx context.Context, v *vault.Vault, name string) opened {
	h, err := v.History(ctx)
	if err != nil {
		return opened{err: err}
	}
	all, err := h.Assessments()
	if err != nil {
		return opened{err: err}
	}
	id, err := h.Choose(name)
	if err != nil {
		if name == "" && len(all) > 1 {
			return opened{choices: all, vault: v}
		}
		return opened{err: err}
	}
	// What is written when ctx ends must still be saved; who waits for it, and for
	// how long, is the business of who runs the desk.
	d := &Desk{Workbench: w, ctx: context.WithoutCancel(ctx), vault: v, id: id}
	if d.received, err = newReceived(ctx, v); err != nil {
		return opened{err: err}
	}
	d.picture, err = d.look()
	return opened{desk: d, err: err}
}

// collection is what the desk collects now, judged by the vault's scope.
func (d *Desk) collection(ctx context.Context, progress func(engine.Progress)) (vault.Collection, error) {
	h, err := d.vault.History(ctx)
	if err != nil {
		return vault.Collection{}, err
	}
	scope, err := h.Scope()
	if err != nil {
		return vault.Collection{}, err
	}
	c := d.Collection
	custom := c.Params.Custom
	c.Params, c.Progress = scope.Params(d.Now()), progress
	c.Params.Custom = custom
	return c, nil
}

// hint adds to an error what a person can do about it, where that is known.
func hint(err error) string {
	var tampered *vault.TamperError
	switch {
	case errors.Is(err, vault.ErrLocked):
		return "Close it there, or open it with --read-only."
	case errors.Is(err, vault.ErrNewer):
		return "Use the newer version of Tickmark."
	case errors.Is(err, vault.ErrRolledBack):
		return "Look for the newest copy. One that was restored on purpose is accepted with `tickmark vault verify --accept-older`."
	case errors.As(err, &tampered):
		return "Do not work on with this copy: `tickmark vault verify` says more."
	}
	return ""
}
