"""Answer what is asked most without the machinery that takes as long as the answer itself.

FastAPI resolves each dependency of an operation, checks each parameter by itself, and checks and
writes the answer on the event loop. Where an operation takes one model of query parameters, the
model reads them as well, and all the rest is done in the thread that answers.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

JSON = "application/json"


class QuickRoute(APIRoute):
    """A route whose endpoint takes ``(parameters, index, request)``, the parameters as one model.

    What the model refuses, and what is not known or given twice, FastAPI refuses in its words.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers, given a request."""
        handle = super().get_route_handler()
        model = _only_model(self)
        endpoint, answers = self.endpoint, TypeAdapter[Any](self.response_model)
        lists = {
            field.alias or name: "list[" in str(field.annotation)
            for name, field in model.model_fields.items()
        }

        def answer(parameters: BaseModel, request: Request) -> Response:
            result = endpoint(parameters, request.app.state.index, request)
            if isinstance(result, Response):
                return result
            return Response(answers.dump_json(result, by_alias=True), media_type=JSON)

        async def quick(request: Request) -> Response:
            given = request.query_params
            if any(name not in lists for name in given) or any(
                len(given.getlist(name)) > 1 for name in given if not lists[name]
            ):
                return await handle(request)
            try:
                parameters = model.model_validate(
                    {name: given.getlist(name) if lists[name] else given[name] for name in given}
                )
            except ValidationError:
                return await handle(request)
            return await run_sync(answer, parameters, request)

        return quick


def _only_model(route: APIRoute) -> type[BaseModel]:
    (field,) = route.dependant.query_params
    model = field.field_info.annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{route.path} does not take one model of query parameters")
    return model
