package checks

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"tickmark/engine"
)

// arguments is how a program was started, as far as the pod says it: its flags
// with all that was given to them, in order.
//
// It reads as the programs themselves do: `--flag=value`, `--flag value`, a switch
// alone, underscores for hyphens, the last of several values winning, and lists
// growing. What starts another program is followed (exec, env, go-runner, a shell
// with a script). Where something is only known when the container runs (a
// variable, a command in a script), what hangs on it is in doubt, never left out.
type arguments struct {
	flags map[string][]given
	// doubt says why other flags than those seen may have been given, "" if none can.
	doubt string
}

// given is one value that was given to a flag.
type given struct {
	text  string // of the value
	field string // path of the word in the document
	word  string // what stands there
	doubt string // why the value is not known, "" if it is
}

// longestArguments bounds what is read of one container's command, in bytes.
const longestArguments = 1 << 20

// word is one argument of a command as far as it is known.
type word struct {
	text  string
	field string
	doubt string // why a part of it is not known
	known int    // how much of text is literal, where there is a doubt
	loose bool   // it may turn out to be several words, or none
}

// switches are the flags of Kubernetes' programs and etcd that take no word of
// their own: alone they mean true.
// Source: `--help` of the programs of v1.36 and etcd v3.6, and flags since removed.
var switches = strings.Fields(`
	aggregator-reject-forwarding-redirect allocate-node-cidrs allow-privileged allow-untagged-cloud alsologtostderr anonymous-auth
	audit-log-batch-throttle-enable audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable
	audit-webhook-truncate-enabled authentication-skip-lookup authentication-tolerate-lookup-failure authorization-always-allow
	configure-cloud-routes contention-profiling disable-attach-detach-reconcile-sync disable-force-detach-on-timeout
	disable-http2-serving emulation-forward-compatible enable-aggregator-routing enable-bootstrap-token-auth enable-dynamic-provisioning
	enable-garbage-collector enable-hostpath-provisioner enable-leader-migration enable-logs-handler enable-priority-and-fairness
	encryption-provider-config-automatic-reload help kubelet-https leader-elect log-json-split-stream log-text-split-stream logtostderr
	one-output permit-address-sharing permit-port-sharing profiling runtime-config-emulation-forward-compatible
	service-account-extend-token-expiration service-account-lookup shutdown-send-retry-after skip-headers skip-log-headers
	use-service-account-credentials version watch-cache
	auto-tls client-cert-auth debug discovery-insecure-skip-tls-verify discovery-insecure-transport enable-distributed-tracing
	enable-grpc-gateway enable-log-rotation enable-pprof enable-v2 experimental-compact-hash-check-enabled
	experimental-enable-distributed-tracing experimental-enable-lease-checkpoint experimental-enable-lease-checkpoint-persist
	experimental-initial-corrupt-check experimental-memory-mlock experimental-peer-skip-client-san-verification
	experimental-txn-mode-write-with-shared-buffer force-new-cluster initial-election-tick-advance memory-mlock peer-auto-tls
	peer-client-cert-auth peer-skip-client-san-verification pre-vote socket-reuse-address socket-reuse-port strict-reconfig-check
	unsafe-no-fsync`)

// parseArguments reads the flags among the words after a program's name.
// Everything that Go's own flag package and pflag share is the same for both.
func parseArguments(words []word) arguments {
	args := arguments{flags: map[string][]given{}}
	ambiguous := ""
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w.loose || w.doubt != "" && w.known < 2 {
			args.doubt = w.doubt
			continue
		}
		if w.text == "--" {
			break // what follows is no flag
		}
		name, value, assigned := strings.Cut(strings.TrimLeft(w.text, "-"), "=")
		if dashes := len(w.text) - len(strings.TrimLeft(w.text, "-")); dashes == 0 || dashes > 2 || name == "" {
			continue
		}
		if at := strings.IndexByte(w.text, '='); w.doubt != "" && (at < 0 || at >= w.known) {
			args.doubt = w.doubt // not even the flag's name is known
			continue
		}
		name = strings.ReplaceAll(name, "_", "-")
		g := given{text: value, field: w.field, word: w.text, doubt: cmp.Or(w.doubt, ambiguous)}
		ambiguous = ""
		switch {
		case assigned:
		case slices.Contains(switches, name):
			g.text = "true"
		case i+1 < len(words) && !strings.HasPrefix(words[i+1].text, "--"):
			i++
			g.text, g.field, g.word, g.doubt = words[i].text, words[i].field, words[i].text, cmp.Or(g.doubt, words[i].doubt)
			if words[i].loose {
				args.doubt = words[i].doubt
			}
		default:
			g.text, g.doubt = "", "it stands there without a value"
			ambiguous = fmt.Sprintf("it may be the value of --%s, which stands before it", name)
		}
		if strings.Contains(g.text, "[redacted:") {
			g.doubt = cmp.Or(g.doubt, "the value was redacted")
		}
		args.flags[name] = append(args.flags[name], g)
	}
	return args
}

// invocation is the program that a container runs, and its words.
type invocation struct {
	program string // without its folder; "" where it cannot be told
	words   []word
	doubt   string // why it cannot be told
}

// invocationOf follows a container's command to one of the programs asked for.
// Without a command the image's own entry point starts, which the pod does not
// show: the image's name then stands for the program.
func invocationOf(c container, programs []string) invocation {
	env := environmentOf(c)
	var words []word
	size := 0
	for i, text := range c.Command {
		size += len(text)
		words = append(words, expand(text, c.at(index("command", i)), env))
	}
	for i, text := range c.Args {
		size += len(text)
		words = append(words, expand(text, c.at(index("args", i)), env))
	}
	of := c.Image
	if i, err := parseImage(c.Image); err == nil {
		of = i.repository
	}
	named := path.Base(of)
	switch ofImage := slices.Contains(programs, named); {
	case size > longestArguments:
		return invocation{doubt: "its arguments are too long to be read"}
	case ofImage && len(words) == 0:
		return invocation{program: named, doubt: "its arguments are those of its image"}
	case ofImage && len(c.Command) == 0 && strings.HasPrefix(words[0].text, "-"):
		return invocation{program: named, words: words}
	}
	return follow(words, programs, 0)
}

// environmentOf is what $(NAME) in a container's arguments stands for, as far as
// the pod itself says it.
func environmentOf(c container) map[string]string {
	env := map[string]string{}
	for _, e := range c.Env {
		delete(env, e.Name)
		if e.ValueFrom == nil && !strings.Contains(e.Value, "$(") {
			env[e.Name] = e.Value
		}
	}
	return env
}

var reference = engine.Late(`\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)`)

// expand puts variables of the container in for $(NAME), as the kubelet does; $$
// is a dollar.
func expand(text, field string, env map[string]string) word {
	w := word{text: text, field: field}
	if !strings.Contains(text, "$") {
		return w
	}
	var out strings.Builder
	done := 0
	for _, m := range reference().FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(text[done:m[0]])
		done = m[1]
		if m[2] < 0 {
			out.WriteByte('$')
			continue
		}
		name := text[m[2]:m[3]]
		value, known := env[name]
		switch {
		case known:
			out.WriteString(value)
		default:
			if w.doubt == "" {
				w.doubt, w.known = "the variable "+shorten(name)+" is only known when the container runs", out.Len()
			}
			out.WriteString(text[m[0]:m[1]])
		}
		if out.Len() > longestArguments {
			return word{text: text, field: field, doubt: "its variables are too long to be read", loose: true}
		}
	}
	out.WriteString(text[done:])
	w.text = out.String()
	return w
}

// starters run the program that is named after their own flags.
var starters = []string{"exec", "env", "nohup", "nice", "ionice", "tini", "dumb-init", "go-runner", "setpriv", "watch-termination", "time", "sudo", "command"}

var shells = []string{"sh", "bash", "ash", "dash"}

var assignment = engine.Late(`^[A-Za-z_][A-Za-z0-9_]*=`)

// follow finds the program in words, through what starts it.
func follow(words []word, programs []string, depth int) invocation {
	const deepest = 4
	if len(words) == 0 || depth > deepest {
		return invocation{}
	}
	first := words[0]
	if first.doubt != "" {
		return invocation{doubt: first.doubt}
	}
	name := path.Base(first.text)
	switch {
	case slices.Contains(programs, name):
		return invocation{program: name, words: words[1:]}
	case name == "hyperkube" && len(words) > 1:
		// It holds all programs, once named without their prefix.
		next := words[1]
		if slices.Contains(programs, "kube-"+next.text) {
			return invocation{program: "kube-" + next.text, words: words[2:]}
		}
		return follow(words[1:], programs, depth+1)
	case slices.Contains(shells, name):
		return followScript(words[1:], programs, depth)
	case slices.Contains(starters, name):
		for i := 1; i < len(words); i++ {
			base := path.Base(words[i].text)
			if known := slices.Concat(programs, shells, starters, []string{"hyperkube"}); !strings.HasPrefix(words[i].text, "-") && slices.Contains(known, base) {
				return follow(words[i:], programs, depth+1)
			}
		}
	case assignment().MatchString(first.text):
		return follow(words[1:], programs, depth)
	}
	return invocation{doubt: fmt.Sprintf("it is started by %s, whose own arguments do not tell", quoteShort(name))}
}

func quoteShort(s string) string {
	const most = 40
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strconv.QuoteToASCII(s)
}

// followScript finds the one command of a shell's script that runs one of the
// programs. With two there is no telling which of them runs.
func followScript(words []word, programs []string, depth int) invocation {
	for i, w := range words {
		if w.doubt != "" {
			return invocation{doubt: w.doubt}
		}
		if strings.HasPrefix(w.text, "-") && !strings.HasPrefix(w.text, "--") {
			if !strings.ContainsRune(w.text, 'c') {
				continue
			}
			if i+1 >= len(words) {
				break
			}
			script := words[i+1]
			if script.doubt != "" {
				return invocation{doubt: script.doubt}
			}
			return onlyOf(splitScript(script.text, script.field), programs, depth)
		}
		return invocation{doubt: "it is started by a script that is in the image"}
	}
	return invocation{doubt: "it is started by a shell without a script"}
}

func onlyOf(commands [][]word, programs []string, depth int) invocation {
	var found []invocation
	for _, words := range commands {
		if in := follow(words, programs, depth+1); in.program != "" {
			found = append(found, in)
		}
	}
	switch len(found) {
	case 0:
		return invocation{doubt: "it is started by a script that names it nowhere as a command"}
	case 1:
		return found[0]
	}
	return invocation{doubt: "it is started in more than one place of a script"}
}

// splitList splits a value that is a list, as pflag does, by its commas.
func splitList(text string) []string {
	if text == "" {
		return nil
	}
	fields, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return strings.Split(text, ",")
	}
	return fields
}

// addEnvironment takes in the variables that etcd reads as flags; a flag that was
// given stands before its variable.
func (a *arguments) addEnvironment(c container, prefix string) {
	if len(c.EnvFrom) > 0 {
		a.doubt = cmp.Or(a.doubt, "variables of its environment come from elsewhere")
	}
	env := environmentOf(c)
	for i, e := range c.Env {
		name, is := strings.CutPrefix(e.Name, prefix)
		if !is {
			continue
		}
		name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
		if _, set := a.flags[name]; set {
			continue
		}
		w := expand(e.Value, c.at(index("env", i)+".value"), env)
		g := given{text: w.text, field: w.field, word: w.text, doubt: w.doubt}
		if e.ValueFrom != nil {
			g.doubt = "its variable is only known when the container runs"
		}
		a.flags[name] = []given{g}
	}
}
