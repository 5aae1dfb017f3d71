package policy

import (
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// meter counts what the expressions of one policy cost while they are evaluated, and
// ends an evaluation that costs too much or is to stop. CEL's own tracker looks through
// all values that a loop has seen at each of its steps, and counts a call once it was
// made.
type meter struct {
	left  uint64
	done  <-chan struct{}
	steps uint
}

// interruptions is how many charges lie between two looks at whether to stop.
const interruptions = 256

// charge takes a cost from what is left. CEL takes the panic for an evaluation that
// was broken off.
func (m *meter) charge(cost uint64) {
	if m.steps++; m.steps%interruptions == 0 {
		select {
		case <-m.done:
			panic(interpreter.EvalCancelledError{Cause: interpreter.ContextCancelled, Message: stopped})
		default:
		}
	}
	if cost > m.left {
		m.left = 0
		panic(interpreter.EvalCancelledError{Cause: interpreter.CostLimitExceeded, Message: tooDear})
	}
	m.left -= cost
}

const (
	stopped = "it was stopped"
	tooDear = "it costs too much"
)

// step is a node of an expression that is charged for. The other two are the same for
// nodes that their neighbours know as what they are.
type step struct {
	interpreter.InterpretableV2
	*meter
}

// Exec implements interpreter.InterpretableV2.
func (s step) Exec(f *interpreter.ExecutionFrame) ref.Val {
	s.charge(1)
	return s.InterpretableV2.Exec(f)
}

// Eval implements interpreter.Interpretable.
func (s step) Eval(vars interpreter.Activation) ref.Val {
	s.charge(1)
	return s.InterpretableV2.Eval(vars)
}

type attributeStep struct {
	interpreter.InterpretableAttribute
	*meter
}

// Exec implements interpreter.InterpretableV2.
func (s attributeStep) Exec(f *interpreter.ExecutionFrame) ref.Val {
	s.charge(1)
	return s.InterpretableAttribute.Exec(f)
}

// Eval implements interpreter.Interpretable.
func (s attributeStep) Eval(vars interpreter.Activation) ref.Val {
	s.charge(1)
	return s.InterpretableAttribute.Eval(vars)
}

type constructorStep struct {
	interpreter.InterpretableConstructor
	*meter
}

// Exec implements interpreter.InterpretableV2.
func (s constructorStep) Exec(f *interpreter.ExecutionFrame) ref.Val {
	s.charge(uint64(1 + len(s.InitVals())))
	return s.InterpretableConstructor.Exec(f)
}

// Eval implements interpreter.Interpretable.
func (s constructorStep) Eval(vars interpreter.Activation) ref.Val {
	s.charge(uint64(1 + len(s.InitVals())))
	return s.InterpretableConstructor.Eval(vars)
}

// metering returns what puts a meter into a program, and a guard before each call.
func metering(m *meter) (interpreter.InterpretableDecoratorV2, error) {
	known, err := implementations()
	if err != nil {
		return nil, err
	}
	return func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		switch node := i.(type) {
		case interpreter.InterpretableConst:
			return i, nil
		case interpreter.InterpretableAttribute:
			return attributeStep{node, m}, nil
		case interpreter.InterpretableConstructor:
			return constructorStep{node, m}, nil
		case interpreter.InterpretableCall:
			if guarded := guarding(known, node, m); guarded != nil {
				return guarded, nil
			}
		}
		return step{i, m}, nil
	}, nil
}
