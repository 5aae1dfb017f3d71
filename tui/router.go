package tui

import (
	"io"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// Router is the root model: it holds the stack and nothing of what the screens are
// about.
type Router struct {
	theme         theme.Theme
	stack         []screen.Screen
	width, height int
	note          screen.Note
	help          *help
	quitting      bool
	refused       bool   // something could not be saved; the next quit does not ask
	ending        bool   // the end came from outside: nobody is there to be asked
	lost          string // what could not be saved at such an end
}

// farewell ends the program, unless an error came before it.
type farewell struct{}

// End ends the program from outside, as when its terminal is closed: what is being
// written is saved, no key is taken any more, and an error does not keep it.
type End struct{}

// apart is work that has the terminal for itself. It takes the terminal as it is, not
// as the program reads it.
type apart struct {
	aside screen.Aside
	msg   tea.Msg
}

// Run does the work.
func (a *apart) Run() error {
	a.msg = a.aside.Run(nil)
	return nil
}

// SetStdin, SetStdout and SetStderr offer what the work does not take.
func (a *apart) SetStdin(io.Reader)  {}
func (a *apart) SetStdout(io.Writer) {}
func (a *apart) SetStderr(io.Writer) {}

// done is the message of the work, or of what kept it from being done.
func (a *apart) done(err error) tea.Msg {
	if a.msg == nil {
		return a.aside.Run(err)
	}
	return a.msg
}

// New returns the model that Run runs, for a driver of its own.
func New(o Options) *Router { return &Router{theme: o.Theme, stack: []screen.Screen{o.First}} }

// Init starts the first screen.
func (r *Router) Init() tea.Cmd { return r.top().Start() }

// Update gives each message to who is meant by it.
func (r *Router) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = msg.Width, msg.Height
	case tea.KeyMsg:
		cmd = r.press(asText(msg))
	case screen.Push:
		cmd = r.push(msg.Screen)
	case screen.Replace:
		cmd = r.replace(msg.Screen)
	case screen.Anew:
		cmd = r.anew(msg.Screen)
	case screen.Pop:
		cmd = r.pop()
	case screen.Quit:
		cmd = r.quit()
	case screen.Note:
		r.say(msg)
	case screen.Delay:
		return r, tea.Tick(msg.After, func(time.Time) tea.Msg { return msg.Msg })
	case screen.Aside:
		work := &apart{aside: msg}
		return r, tea.Exec(work, work.done)
	case End:
		cmd = r.end()
	case farewell:
		if r.quitting && !r.busy() {
			return r, tea.Quit
		}
		return r, nil
	default:
		cmd = r.deliver(msg)
	}
	if r.quitting && !r.busy() {
		return r, tea.Sequence(cmd, func() tea.Msg { return farewell{} })
	}
	return r, cmd
}

func (r *Router) top() screen.Screen { return r.stack[len(r.stack)-1] }

// deliver gives a message to all screens: what changed concerns those below, too.
func (r *Router) deliver(msg tea.Msg) tea.Cmd {
	cmds := make([]tea.Cmd, 0, len(r.stack))
	for _, s := range r.stack {
		cmds = append(cmds, s.Update(msg))
	}
	return tea.Batch(cmds...)
}

// asText marks characters that arrived together as text: on a slow line a word comes
// as one key, and the word "up" must not be taken for the key of that name.
func asText(key tea.KeyMsg) tea.KeyMsg {
	if key.Type == tea.KeyRunes && len(key.Runes) > 1 {
		key.Paste = true
	}
	return key
}

// press finds the binding of a key.
func (r *Router) press(key tea.KeyMsg) tea.Cmd {
	if r.ending {
		return nil
	}
	if r.tooSmall() && key.String() != "ctrl+c" {
		return nil
	}
	r.note = screen.Note{}
	if key.String() != "ctrl+c" && key.String() != "q" {
		r.refused = false
	}
	if r.help != nil {
		return r.pressHelp(key)
	}
	typing := r.top().Head().Typing
	for _, b := range r.bindings() {
		if (typing && !b.Typing) || !slices.Contains(b.Keys, key.String()) {
			continue
		}
		if b.Why != "" {
			r.say(screen.Note{Text: keyName(key.String()) + ": " + b.Why, Tone: theme.Warning})
			return nil
		}
		return b.Do()
	}
	if typing {
		return r.top().Update(key)
	}
	r.say(screen.Note{Text: keyName(key.String()) + " does nothing here; ? shows the keys", Tone: theme.Muted})
	return nil
}

// bindings are the screen's, then those that work everywhere.
func (r *Router) bindings() []screen.Binding {
	return slices.Concat(r.top().Bindings(), r.everywhere())
}

func (r *Router) everywhere() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"?"}, Label: "keys", Help: "show the keys of this screen", Do: r.openHelp},
		{Keys: []string{"f1"}, Help: "show the keys, from a text field too", Typing: true, Do: r.openHelp},
		{Keys: []string{"esc"}, Help: "back to the screen before", Do: r.pop},
		{Keys: []string{"q"}, Label: "quit", Help: "save what is being written, and quit", Do: r.quit},
		{Keys: []string{"ctrl+c"}, Help: "the same, from a text field too; twice: at once", Typing: true, Do: r.quit},
		{Keys: []string{"ctrl+z"}, Help: "put the program in the background", Typing: true, Do: func() tea.Cmd { return tea.Suspend }},
	}
}

func (r *Router) push(s screen.Screen) tea.Cmd {
	r.stack = append(r.stack, s)
	return s.Start()
}

func (r *Router) replace(s screen.Screen) tea.Cmd {
	leave := leave(r.top())
	r.stack[len(r.stack)-1] = s
	return tea.Batch(leave, s.Start())
}

// anew has every screen finish, and begins with another.
func (r *Router) anew(s screen.Screen) tea.Cmd {
	var cmds []tea.Cmd
	for _, top := range slices.Backward(r.stack) {
		cmds = append(cmds, leave(top))
	}
	r.stack = []screen.Screen{s}
	return tea.Batch(append(cmds, s.Start())...)
}

func (r *Router) pop() tea.Cmd {
	if len(r.stack) == 1 {
		r.say(screen.Note{Text: "this is the first screen; q quits", Tone: theme.Muted})
		return nil
	}
	leave := leave(r.top())
	r.stack = r.stack[:len(r.stack)-1]
	return leave
}

func leave(s screen.Screen) tea.Cmd {
	if l, can := s.(screen.Leaver); can {
		return l.Leave()
	}
	return nil
}

// quit lets every screen finish; the program ends when none is busy. Asked twice it
// does not wait.
func (r *Router) quit() tea.Cmd {
	if r.quitting || r.refused {
		return tea.Quit
	}
	r.note = screen.Note{Text: "finishing what is under way; ctrl+c again quits at once", Tone: theme.Warning}
	return r.finish()
}

// end is a quit that nothing stops.
func (r *Router) end() tea.Cmd {
	if r.ending {
		return nil
	}
	r.ending, r.refused, r.help = true, false, nil
	r.note = screen.Note{Text: "ended from outside: finishing what is under way", Tone: theme.Warning}
	return r.finish()
}

// finish has every screen finish, the top one first.
func (r *Router) finish() tea.Cmd {
	r.quitting = true
	cmds := make([]tea.Cmd, 0, len(r.stack))
	for _, s := range slices.Backward(r.stack) {
		cmds = append(cmds, leave(s))
	}
	return tea.Batch(cmds...)
}

func (r *Router) busy() bool {
	return slices.ContainsFunc(r.stack, func(s screen.Screen) bool {
		l, can := s.(screen.Leaver)
		return can && l.Busy()
	})
}

// say shows a note. An error stops a program that was about to end, so that it can
// be read; then the next quit does not wait for anything.
func (r *Router) say(n screen.Note) {
	switch {
	case n.Tone == theme.Bad && r.ending:
		r.lost = n.Text
	case n.Tone == theme.Bad && r.quitting:
		r.quitting, r.refused = false, true
		n.Text += "; quit again to leave without it"
	}
	r.note = n
}
