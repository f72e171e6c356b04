//! Nodes as Go prints them in errors (`String()` in `text/template/parse/node.go`).

use gostd::{Str, strconv};

use super::{ArgKind, At, Call, Choice, Command, Function, Parts, Pipe, Span, Tree};

impl Tree {
    /// Returns the text of a node.
    pub fn text_of(&self, at: At) -> String {
        let mut writer = Writer { source: &self.source.text, parts: &self.parts, out: Vec::new() };
        match at {
            At::Start => {}
            At::Action(pipe) => {
                writer.put(b"{{");
                writer.pipe(&self.parts.pipes[pipe as usize]);
                writer.put(b"}}");
            }
            At::Pipe(pipe) => writer.pipe(&self.parts.pipes[pipe as usize]),
            At::Command(command) => writer.command(&self.parts.commands[command as usize]),
            At::Arg(arg) => writer.arg(arg),
            At::Call(call) => writer.call(&self.parts.calls[call as usize]),
        }
        String::from_utf8_lossy(&writer.out).into_owned()
    }
}

struct Writer<'a> {
    source: &'a [u8],
    parts: &'a Parts,
    out: Vec<u8>,
}

impl Writer<'_> {
    fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    fn call(&mut self, call: &Call) {
        self.put(b"{{template ");
        self.put(&strconv::quote(&call.name));
        if let Some(pipe) = call.pipe {
            self.put(b" ");
            self.pipe(&self.parts.pipes[pipe as usize]);
        }
        self.put(b"}}");
    }

    fn pipe(&mut self, pipe: &Pipe) {
        for (at, decl) in pipe.decls.of(&self.parts.decls).iter().enumerate() {
            self.put(if at > 0 { b", " } else { b"" });
            self.put(&decl.name);
        }
        if !pipe.decls.is_empty() {
            self.put(if pipe.assign { b" = " } else { b" := " });
        }
        for (at, command) in pipe.commands.of(&self.parts.commands).iter().enumerate() {
            self.put(if at > 0 { b" | " } else { b"" });
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        for arg in command.args.start..command.args.end {
            self.put(if arg > command.args.start { b" " } else { b"" });
            self.parenthesized(arg);
        }
    }

    fn parenthesized(&mut self, arg: u32) {
        let in_parentheses = matches!(self.parts.args[arg as usize].kind, ArgKind::Pipe(_));
        self.put(if in_parentheses { b"(" } else { b"" });
        self.arg(arg);
        self.put(if in_parentheses { b")" } else { b"" });
    }

    fn arg(&mut self, arg: u32) {
        match &self.parts.args[arg as usize].kind {
            ArgKind::Dot => self.put(b"."),
            ArgKind::Nil => self.put(b"nil"),
            ArgKind::Bool(value) => self.put(if *value { b"true" } else { b"false" }),
            ArgKind::Number(number) => {
                let number = &self.parts.numbers[*number as usize];
                self.put(&self.source[number.start as usize..number.end as usize]);
            }
            ArgKind::Str(literal) => {
                let literal = &self.parts.strings[*literal as usize];
                self.put(&self.source[literal.start as usize..literal.end as usize]);
            }
            ArgKind::Field(names) => self.fields(*names),
            ArgKind::Variable(variable) => {
                let variable = &self.parts.variables[*variable as usize];
                self.put(&variable.name);
                self.fields(variable.fields);
            }
            ArgKind::Function(function) => self.put(self.function(*function).as_bytes()),
            ArgKind::Pipe(pipe) => self.pipe(&self.parts.pipes[*pipe as usize]),
            ArgKind::Chain(chain) => {
                let chain = self.parts.chains[*chain as usize];
                self.parenthesized(chain.inner);
                self.fields(chain.names);
            }
        }
    }

    fn function(&self, function: Function) -> &'static str {
        match function {
            Function::Builtin(builtin) | Function::Choice(Choice { builtin, .. }) => builtin.name(),
            Function::Given(func) => self.parts.functions[func as usize].name,
        }
    }

    fn fields(&mut self, names: Span) {
        let names: &[Str] = names.of(&self.parts.names);
        for name in names {
            self.put(b".");
            self.put(name);
        }
    }
}
